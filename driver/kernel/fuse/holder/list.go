package holder

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Running is a holder with its server.
type Running struct {
	Device string // of the mount, as in mountinfo
	Point  string // the mount point

	Path  string // of the image. It ends with " (deleted)" if the image was removed
	Image fs.FileInfo

	Holder, Server int // IDs of processes, 0 if it has ended

	Requests uint64 // that all servers of the image have answered
	Restarts uint64
	Memory   int64 // that no other process shares, in bytes, of both
}

// List returns the holders and servers of mounts below dir. It skips processes that this one may not inspect.
func List(dir string) ([]Running, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var list []Running
	index := map[string]int{} // by device
	for _, process := range processes {
		isHolder, args := parse(process)
		if len(args) < 2 || !strings.HasPrefix(args[1], dir+"/") {
			continue
		}
		image, err := os.Stat(process + "/fd/" + strconv.Itoa(imageFD))
		if err != nil {
			continue // it has ended, or may not be inspected
		}
		n, ok := index[args[0]]
		if !ok {
			n = len(list)
			index[args[0]] = n
			list = append(list, Running{Device: args[0], Point: args[1], Image: image})
		}
		list[n].add(process, isHolder)
	}
	return list, nil
}

// parse returns the arguments of [Place.arguments] of a holder or a server, none of other processes.
func parse(process string) (isHolder bool, args []string) {
	line, _ := os.ReadFile(process + "/cmdline") // none: it has ended
	args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	switch {
	case args[0] == holderName:
		return true, args[1:]
	case args[0] == serverName && len(args) > 1:
		return false, args[2:]
	}
	return false, nil
}

// add adds the facts about a process.
func (r *Running) add(process string, isHolder bool) {
	pid, _ := strconv.Atoi(filepath.Base(process))
	if isHolder {
		r.Holder = pid
	} else {
		r.Server = pid
	}
	r.Path, _ = os.Readlink(process + "/fd/" + strconv.Itoa(imageFD))
	if b, err := os.ReadFile(process + "/fd/" + strconv.Itoa(countFD)); err == nil && len(b) == countSize {
		r.Requests, r.Restarts = binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint64(b[8:])-1
	}
	r.Memory += memory(process)
}

// memory returns the memory of a process that has no file, in bytes.
func memory(process string) int64 {
	status, _ := os.ReadFile(process + "/status")
	_, text, _ := strings.Cut(string(status), "\nRssAnon:")
	text, _, _ = strings.Cut(text, " kB")
	n, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n << 10
}
