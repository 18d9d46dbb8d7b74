//! One test binary: the program through its commands, the line with real faults, and the walls between the rooms.
