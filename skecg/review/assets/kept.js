// Stores texts in this browser, so that a page that was closed or killed can continue.
// Adds to the object `skecg`:
//   kept.read(key)          a promise of the stored text, or undefined
//   kept.write(key, text)   a promise of whether the text was stored
// IndexedDB reports success after the text was passed to the disk ("strict").
// localStorage is the fallback, because Chromium writes it with a delay of seconds.
"use strict";

skecg.kept = (() => {
  const STORE = "texts";

  const opened = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open("skecg review", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const inDatabase = async (mode, action) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: "strict" });
        const request = action(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  // A browser may forbid either storage.
  const read = async (key) => {
    try {
      return await inDatabase("readonly", (store) => store.get(key));
    } catch {
      try {
        return localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    }
  };

  const write = async (key, text) => {
    try {
      await inDatabase("readwrite", (store) => store.put(text, key));
      return true;
    } catch {
      try {
        localStorage.setItem(key, text);
        return true;
      } catch {
        return false;
      }
    }
  };

  return { read, write };
})();
