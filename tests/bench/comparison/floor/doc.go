// Package floor stores the contents of an image with the least possible work, as a bound for
// programs that do more.
//
//   - It reads as many layers at a time as podman does, hashes their bytes with sha256,
//     unpacks them, and hashes the tars for the diffIDs.
//   - It hashes each file that is not empty, for its name. Files of up to a megabyte
//     are read into memory, and as many are hashed and stored at a time as there are
//     processors; longer ones are hashed while they are written.
//   - It creates each distinct content in a directory a, writes and closes the file, and
//     links it into a directory b.
//   - At the end it calls syncfs once.
//
// It keeps no metadata, writes no image, and does no other I/O.
package floor
