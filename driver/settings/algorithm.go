package settings

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Algorithm returns the algorithm by which the stores name objects. It is an error if one of them has
// another algorithm than the configured one, or than the primary store: the driver must not start then.
func Algorithm(stores *chain.Stores) (verity.Algorithm, error) {
	primary := stores.Primary
	a, err := objects.AlgorithmOf(primary.Pool(), primary.Algorithm)
	if err != nil {
		return 0, err
	}
	if want := primary.Algorithm; want != 0 && want != a {
		return 0, message.WithHint(fmt.Errorf(`%s has algorithm = "%s", and the store %s names its objects by %s`, algorithmFile(), want, primary.Root(), a),
			`remove algorithm from that file, or take another graphroot for a store by %s: an existing store keeps its algorithm`, want)
	}
	others := stores.Additional
	if stores.Images.Home != "" {
		others = append([]chain.Store{stores.Images}, others...)
	}
	for _, s := range others {
		other, err := objects.AlgorithmOf(s.Pool(), a)
		if err != nil {
			return 0, err
		}
		if other != a {
			return 0, message.WithHint(fmt.Errorf("the store %s names its objects by %s, and the image store %s by %s", primary.Root(), a, s.Root(), other),
				`remove %s from the image stores of %s: stores with two algorithms cannot be used together`, s.Root(), config.Upstream.Files())
		}
	}
	return a, nil
}

// wanted returns the algorithm for a new store, 0 if the configuration has none.
func wanted(conf *config.Options) verity.Algorithm {
	a, _ := verity.ParseAlgorithm(conf.Algorithm)
	return a
}

// algorithmFile returns the file that sets algorithm.
func algorithmFile() string {
	if sources, err := Sources(); err == nil {
		if from, err := config.Origins(sources); err == nil && from["algorithm"].Source != "" {
			return from["algorithm"].Source
		}
	}
	return "composefs.conf"
}
