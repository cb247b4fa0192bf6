package config

// Rules are the rules by which containers/storage finds and reads storage.conf.
type Rules uint8

const (
	// OneFile are the rules up to containers/storage 1.62, of podman 5:
	//   - Only one storage.conf counts.
	//   - Keys in [storage.options.overlay] count only if the driver is named.
	//   - Without any file, root's STORAGE_DRIVER and STORAGE_OPTS are not read.
	OneFile Rules = iota
	// DropIns are the rules since containers/storage 1.63, of podman 6:
	//   - Drop-ins add to the file. Of each key the last one counts, and a list with {append=true}
	//     adds to the lists before.
	//   - Driver options count whether or not a driver is named.
	//   - A driver option that names another driver is ignored, and no error.
	//   - rootless_storage_path counts only for users without root.
	DropIns
)

// Files describes the files in which the keys of storage.conf are.
func (r Rules) Files() string {
	if r == OneFile {
		return "storage.conf"
	}
	return "storage.conf or its drop-ins"
}
