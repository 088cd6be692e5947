"""The hunt for faults: what strangers, disks and dying processes do to the server, by the hundred.

Each module has ``hunt(rounds, seed)``, which tries so many things and returns how often it saw
what; ``tried``, ``refused`` and ``accepted`` are as they should be, all other counts should be 0.
"""
