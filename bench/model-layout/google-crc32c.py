"""CRC-32C of a file by the wheel google-crc32c (C, with the instruction for it): google-crc32c.py FILE"""
import sys

import google_crc32c

crc = 0
buffer = bytearray(1 << 20)
view = memoryview(buffer)
with open(sys.argv[1], "rb", buffering=0) as file:
    while got := file.readinto(buffer):
        crc = google_crc32c.extend(crc, bytes(view[:got]))
print(f"{google_crc32c.implementation} {crc:08x}")
