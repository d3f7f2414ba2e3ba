import shutil

# LibreOffice is large: its files are tried where it is at hand.
collect_ignore = [] if shutil.which("soffice") else ["test_libreoffice.py"]
