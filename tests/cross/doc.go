// Package cross compares composefs-storage for another architecture with that for this machine.
// Both do the same commands on the same inputs, and each file and each word of output must be
// equal. An emulator runs the other program.
package cross
