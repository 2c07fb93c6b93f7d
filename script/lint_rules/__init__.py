"""What script/lint checks without a compiler: rooms.py (the arrows between rooms), files.py (each file by itself)."""
