package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// settings are those of the folder that "huiliu publisher add DIVISION --kinds project,award --into FOLDER" wrote.
type settings struct {
	division string
	registry string
	client   []kgo.Opt
}

func read(folder string) (settings, error) {
	content, err := os.ReadFile(filepath.Join(folder, "kcat.conf"))
	if err != nil {
		return settings{}, err
	}
	told := map[string]string{}
	for _, line := range strings.Split(string(content), "\n") {
		if name, value, found := strings.Cut(line, "="); found && !strings.HasPrefix(line, "#") {
			told[name] = value
		}
	}
	registry, err := os.ReadFile(filepath.Join(folder, "registry"))
	if err != nil {
		return settings{}, fmt.Errorf("the registry's address is unknown: %w", err)
	}
	user := told["sasl.username"]
	client := []kgo.Opt{kgo.SeedBrokers(strings.Split(told["bootstrap.servers"], ",")...)}
	if strings.HasPrefix(told["security.protocol"], "SASL") {
		client = append(client, kgo.SASL(scram.Auth{User: user, Pass: told["sasl.password"]}.AsSha512Mechanism()))
	}
	if strings.HasSuffix(told["security.protocol"], "SSL") {
		trusted := &tls.Config{}
		if pem, err := os.ReadFile(filepath.Join(folder, "ca.pem")); err == nil {
			trusted.RootCAs = x509.NewCertPool()
			trusted.RootCAs.AppendCertsFromPEM(pem)
		}
		client = append(client, kgo.DialTLSConfig(trusted))
	}
	return settings{strings.TrimPrefix(user, "publisher-"), strings.TrimSpace(string(registry)), client}, nil
}
