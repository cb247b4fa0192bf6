package catalog

import "github.com/composefs-storage/composefs-storage/driver/store/chain"

// Container is a container in a store.
type Container struct {
	ID    string
	Names []string
	Layer string // the ID of the container's own layer, above the layers of its image
}

// Containers returns the containers of a store, with the volatile ones that containers/storage lists
// below runRoot. Source: newContainerStore in containers.go of containers/storage.
func Containers(s chain.Store, runRoot string) (list []Container, err error) {
	for _, name := range s.ContainerRecords(chain.RunRoot(runRoot)) {
		var part []Container // the keys of the file are the names of the fields
		if err := readJSON(name, &part); err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

// Name returns the first name of a container, or the start of its ID.
func (c *Container) Name() string { return nameOf(c.ID, c.Names) }

// Name returns the first name of an image, or the start of its ID.
func (i *Image) Name() string { return nameOf(i.ID, i.Names) }

func nameOf(id string, names []string) string {
	if len(names) > 0 {
		return names[0]
	}
	return id[:min(12, len(id))]
}
