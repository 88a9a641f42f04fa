"""Facts about the MIT-BIH Supraventricular Arrhythmia Database: records and subjects.

The database is described at https://physionet.org/content/svdb/1.0.0/.

References
----------
Greenwald SD. Improved detection and classification of arrhythmias in noise-corrupted
electrocardiograms using contextual information. PhD thesis, Harvard-MIT Division of
Health Sciences and Technology, 1990. doi:10.13026/C2V30W
"""

from types import MappingProxyType

__all__ = ["EVEN_RECORDS", "FS", "LEADS", "ODD_RECORDS", "RECORDS", "SUBJECTS"]

FS = 128
"""The sampling rate of every record, in hertz."""

LEADS = ("ECG1", "ECG2")
"""The names of the two signals in the headers, which do not state the leads."""

RECORDS = tuple(
    "800 801 802 803 804 805 806 807 808 809 810 811 812 820 821 822 823 "
    "824 825 826 827 828 829 840 841 842 843 844 845 846 847 848 849 850 "
    "851 852 853 854 855 856 857 858 859 860 861 862 863 864 865 866 867 "
    "868 869 870 871 872 873 874 875 876 877 878 879 880 881 882 883 884 "
    "885 886 887 888 889 890 891 892 893 894".split()
)
"""The names of the 78 records, in ascending order."""

EVEN_RECORDS = tuple(record for record in RECORDS if int(record) % 2 == 0)
"""The 40 records with even numbers, to which the models of this package are fitted."""

ODD_RECORDS = tuple(record for record in RECORDS if int(record) % 2)
"""The 38 records with odd numbers, which are reserved for tests."""

SUBJECTS = MappingProxyType({record: record for record in RECORDS})
"""Mapping from record to subject; a subject has the name of its record.

PhysioNet does not state that any two records are from one subject, so that each record
counts as a different subject.
"""
