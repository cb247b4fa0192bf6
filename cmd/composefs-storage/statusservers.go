package main

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// serverStatus is an image that processes serve by FUSE.
type serverStatus struct {
	Image    string `json:"image"` // "" if it was removed
	File     string `json:"file"`
	Mount    string `json:"mount"`
	Holder   int    `json:"holder"` // process IDs, 0 for a process that has ended
	Server   int    `json:"server"`
	Requests uint64 `json:"requests"`
	Restarts uint64 `json:"restarts"`
	Memory   int64  `json:"memory_bytes"`
	Scope    bool   `json:"scope"` // the holder is in a systemd scope of its own
}

// addServers adds the images that are mounted by FUSE, and warns of mounts that have ended.
func (r *status) addServers(st *store, images *catalog.Catalog) {
	dir := chain.RunRoot(st.conf.RunRoot).SharedMounts()
	running, err := holder.List(dir)
	if err == nil {
		err = r.addEnded(st, images, dir, running)
	}
	if err != nil {
		r.Unknown = append(r.Unknown, "servers of images: "+oneLine(err))
	}
	for _, x := range running {
		name := imageOf(st, images, shared.InodeName(x.Image))
		r.Servers = append(r.Servers, serverStatus{name, x.Path, x.Point, x.Holder, x.Server, x.Requests, x.Restarts, x.Memory, holder.InScope(x.Holder)})
		if x.Server == 0 {
			r.Problems = append(r.Problems, fmt.Sprintf("no FUSE server of %s runs now; its holder, process %d, starts another one", x.Path, x.Holder))
		}
	}
}

// addEnded adds the mounts of dir without processes, in all mount namespaces.
func (r *status) addEnded(st *store, images *catalog.Catalog, dir string, running []holder.Running) error {
	mounts, err := shared.New(dir, nil).List()
	if err != nil || len(mounts) == 0 {
		return err
	}
	tables, err := mountinfo.Namespaces()
	if err != nil {
		return err
	}
	live := map[string]bool{}
	for _, x := range running {
		live[x.Device] = true
	}
	for _, m := range mounts {
		if m.Ended == nil && !dead(m.Point, tables, live) {
			continue
		}
		why := ""
		if m.Ended != nil {
			why = ": " + oneLine(m.Ended)
		}
		name, hint := imageOf(st, images, m.Inode), shared.Advice("")
		if name == "" {
			name = "with inode " + m.Inode
		} else {
			hint = shared.Advice(message.Word(name))
		}
		r.Problems = append(r.Problems, fmt.Sprintf("the FUSE server of image %s has ended, and containers that ran then get ENOTCONN%s", name, why))
		r.Hints = append(r.Hints, hint)
	}
	return nil
}

// dead reports whether a FUSE mount at point belongs to no living server.
func dead(point string, tables [][]mountinfo.Mount, live map[string]bool) bool {
	for _, table := range tables {
		for _, m := range table {
			if m.Point == point && m.Type == "fuse" && !live[m.Device] {
				return true
			}
		}
	}
	return false
}

// imageOf returns the name of the container image with an image file, "" if there is none.
func imageOf(st *store, images *catalog.Catalog, inode string) string {
	image, ok := images.WithFile(&st.stores, func(f fs.FileInfo) bool { return shared.InodeName(f) == inode })
	if !ok {
		return ""
	}
	return image.Name()
}

func (r *status) printServers(w io.Writer) {
	if len(r.Servers) == 0 {
		return
	}
	fmt.Fprintf(w, "\nSERVERS\n  IMAGE\tHOLDER\tSERVER\tREQUESTS\tRESTARTS\tMEMORY\tMOUNT\n")
	session := false
	for _, x := range r.Servers {
		session = session || !x.Scope
		if x.Image == "" {
			x.Image = x.File
		}
		fmt.Fprintf(w, "  %s\t%d\t%d\t%d\t%d\t%s\t%s\n", escape(x.Image), x.Holder, x.Server, x.Requests, x.Restarts, humanSize(x.Memory), escape(x.Mount))
	}
	if session {
		fmt.Fprintln(w, "  Without a systemd user manager, servers end with the login session or the service that has mounted the image first.")
	}
}
