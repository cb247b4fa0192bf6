//go:build linux

package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificates writes the keys and certificates of a cluster into a directory: ca.crt, api.crt and api.key of
// the API server at an address, admin.crt and admin.key of all its clients, and sa.key and sa.pub of
// service accounts.
func certificates(dir, address string) error {
	ca, err := newKey()
	if err != nil {
		return err
	}
	template := func(serial int64, name pkix.Name) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: name, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	}
	root := template(1, pkix.Name{CommonName: "ca"})
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	api := template(2, pkix.Name{CommonName: "kube-apiserver"})
	api.IPAddresses, api.ExtKeyUsage = []net.IP{net.ParseIP(address)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	admin := template(3, pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}})
	admin.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	err = issue(dir, "ca", root, root, ca, ca)
	for name, of := range map[string]*x509.Certificate{"api": api, "admin": admin} {
		key, fails := newKey()
		if fails != nil {
			return fails
		}
		err = errors.Join(err, issue(dir, name, of, root, key, ca))
	}
	accounts, fails := newKey()
	if fails != nil {
		return fails
	}
	public, fails := x509.MarshalPKIXPublicKey(&accounts.PublicKey)
	return errors.Join(err, fails, writeKey(dir, "sa", accounts), writePEM(filepath.Join(dir, "sa.pub"), "PUBLIC KEY", public))
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// issue writes a certificate that by has signed, and its key.
func issue(dir, name string, of, by *x509.Certificate, key, signer *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, of, by, &key.PublicKey, signer)
	return errors.Join(err, writeKey(dir, name, key), writePEM(filepath.Join(dir, name+".crt"), "CERTIFICATE", der))
}

func writeKey(dir, name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	return errors.Join(err, writePEM(filepath.Join(dir, name+".key"), "EC PRIVATE KEY", der))
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
