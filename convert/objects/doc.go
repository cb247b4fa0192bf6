// Package objects is the pool: the contents of files, each stored once under its fs-verity digest
// and hard-linked into the layers that have it, and the merged images of chains of layers, kept in
// the same way.
//
//	DIR/objects/ab/cdef…   one file for each distinct content
//	DIR/images/abcdef…     one file for each distinct merged image
//	DIR/staging/123        the object directory of a layer that has no place yet
//	DIR/damaged/abcdef…    the names that wait for a content: see [Repair.Forget]
//	DIR/garbage            the names of garbage that was left uncollected
//	DIR/lock               flock: shared while adding, exclusive while collecting
//
// Objects carry no metadata that matters: mode 0600, no xattrs. Owner, mode, times and xattrs of a
// file are in images, so files with equal contents share one object. An empty file has no object.
// The package works on Linux only.
//
// # Adding a layer
//
// A layer adds its contents through a [Batch]. The batch writes new objects into the layer's own
// directory, so that an object costs one create and one link, and links known objects from the
// pool. The caller keeps the directory out of sight until the layer is complete. [Batch.Commit]
// makes the whole batch durable with one syncfs, and only then links the new objects into the
// pool. An object that has a name in the pool is therefore complete after a power cut at any
// instant. The half-written layer is its caller's to delete, or [Pool.Collect]'s if it is staged.
//
// Contents of up to 128 KiB are hashed before they are named. Longer ones are written under a
// temporary name while they are hashed, and blocks of zeros in them become holes. While a batch
// writes, it starts writeback every 64 MiB: otherwise Commit would wait for the disk at the end
// while the processors are idle.
//
// An object that can take no more links, or that has the wrong size, is replaced in one step by a
// new file.
//
// A layer without a place is staged: its batch owns a directory in the pool. [Batch.Place] renames
// that directory to its place, in one step even over an empty directory, and [Batch.Close] removes
// it otherwise. The batch holds the pool's lock for as long, so [Pool.Collect], which holds it
// exclusively, needs no record: everything in the staging area was left by a crash.
//
// Layers of one image have contents in common and are converted at the same time, so staged
// batches of one process link each other's new objects. Each batch publishes all that it has, since
// the other one may fail.
//
// Files of layers that stock containers/storage has written are adopted: they keep the names by
// which stock finds them and get a second link under the fs-verity digest. Such a layer survives a
// crash half adopted, so all that an adoption leaves under an object's name is complete: a link to
// a complete file, or a copy that was synced by itself.
//
// # Sources
//
// Other directories may have objects too: composefs repositories, and pools of other stores. A staged batch
// links a new object from there instead of writing it ([Pool.TakeFrom]), if the file belongs to this user,
// no other may write to it, and its digest is right. fs-verity states the digest, or the file is read.
// Otherwise the batch makes a reflink and verifies that. What fails is written as usual.
//
// Sources are not locked. The batch links the descriptor that it has verified, and linking a file that
// was removed meanwhile fails. An object in a source has a link more, so the pool keeps it, at no cost, until
// a [Pool.Collect] after the source has dropped it.
//
// # Merged images
//
// There is one merged image for a chain, not thousands, so an image is synced by itself before it
// gets its name and needs no Commit. It is written, and linked to its layer, by way of a temporary
// name in images/, where Collect finds it after a crash. AddImage and LinkImage are methods of a
// batch because the batch's lock keeps the image from being collected in between.
//
// # Garbage
//
// The link count decides: an object or image with one link is in no layer. [Pool.Collect] removes
// all of these under an exclusive lock. Collect removes temporary names first, because one may be
// the second link of an image.
//
// To remove a layer, ask it for its digests ([DigestsIn]), remove it, and pass the digests to
// [Pool.Release], which costs one stat for each. If two layers that share an object are removed at
// once, the object loses its last layer link before the later release. If the pool is locked,
// Release writes their names to the note DIR/garbage instead, and the next Release or [Pool.Tidy]
// collects them. The collector renames the note before it starts and removes it afterwards. A note
// written in the meantime is therefore kept, and a killed collector leaves its own behind. A
// process killed between the removal and the release leaves no note; only Collect finds that
// garbage.
//
// None of this reads the rest of the pool, which may have millions of objects. Only [Pool.Collect]
// does, and the others after a note of garbage at unknown places.
//
// # Sealing
//
// A sealed file has fs-verity enabled, and the kernel measures the digest that the file is named
// by. Commit seals new objects after its syncfs and before it links them into the pool, then syncs
// once more. Layer images are sealed after that, and a merged image if all layer images of its
// segment are. One flag of one file therefore decides whether a mount of the whole tree can verify
// its contents.
//
//   - Objects are sealed in Commit, not one by one as they arrive: FS_IOC_ENABLE_VERITY first
//     writes back the file's dirty pages and waits, and the syncfs of Commit has just done that for
//     all files at once. Sixteen files are sealed at a time because each still waits for the disk.
//   - ETXTBSY: a process that is being started holds its parent's files open for writing until it
//     execs. Sealing waits for that, up to 30 seconds.
//   - An object that the pool already has is measured, with one ioctl, and sealed if it dates from
//     before fs-verity was enabled. If the kernel measures another digest the object is damaged:
//     the batch writes a new one, which takes its place in the pool.
//   - A file must have a name: when enabling ends, ext4 takes the inode off its list of orphans,
//     on which a file made by O_TMPFILE has to stay.
//   - File systems with small blocks (mkfs.ext4 makes blocks of 1 KiB on small disks) refuse the
//     Merkle tree blocks of 4 KiB that composefs prescribes with EINVAL. Sealing reports that as a
//     limit of the file system.
//
// The first sealed file shows whether fs-verity works at all; nothing is probed for a pull.
//
// # Repair
//
// A [Repair] replaces damaged objects by renaming a good file over each of their names. A content
// without a good copy loses its name in the pool and gets a note with its other names; the next
// batch that commits this content replaces those too.
package objects
