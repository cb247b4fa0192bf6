// Package floor does the least that storing the contents of an image can mean, for
// what does more to be measured against.
//
//   - Each layer is read, as many at a time as podman does; its bytes are hashed with
//     sha256, unpacked by the library that our driver uses, and the tars are hashed for the diffID.
//   - Each file that is not empty is hashed, for its name. Files of up to a megabyte
//     are read into memory, and as many hashed and stored at a time as there are
//     processors; longer ones are hashed while they are written.
//   - Unless there has been the same content, the file is created in a directory a,
//     written, closed, and linked into a directory b.
//   - At the end there is one syncfs.
//
// No metadata is kept, no image written, nothing else asked of the disk.
package floor
