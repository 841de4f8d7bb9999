// Command example sends one project and one award to the hub and waits for what became of them.
//
//	go run . FOLDER
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run . FOLDER   (what huiliu publisher add --into FOLDER wrote)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, folder string) error {
	told, err := read(folder)
	if err != nil {
		return err
	}
	registry, err := sr.NewClient(sr.URLs(told.registry))
	if err != nil {
		return err
	}
	producer, err := kgo.NewClient(told.client...) // acks=all and idempotent, unless told otherwise
	if err != nil {
		return err
	}
	defer producer.Close()
	events := []struct {
		kind, key string
		event     any
	}{{"project", project, someProject()}, {"award", award, someAward()}}
	for _, one := range events { // the award names the project, so the project goes first and is awaited
		began := time.Now().Add(-time.Minute) // the broker's clock may be behind ours
		topic := fmt.Sprintf("intake.%s.%s", told.division, one.kind)
		value, err := encoded(ctx, registry, topic, one.event)
		if err != nil {
			return err
		}
		record := &kgo.Record{Topic: topic, Key: []byte(one.key), Value: value}
		if err := producer.ProduceSync(ctx, record).FirstErr(); err != nil {
			return err
		}
		outcome, receipt, err := awaited(ctx, told, record, began)
		if err != nil {
			return err
		}
		fmt.Printf("%s %s-%d@%d %s\n", outcome, topic, record.Partition, record.Offset, receipt)
	}
	return nil
}

// encoded is the event as Avro after a zero byte and the schema's id, which the registry has under the topic's subject.
func encoded(ctx context.Context, registry *sr.Client, topic string, event any) ([]byte, error) {
	found, err := registry.SchemaByVersion(ctx, topic+"-value", -1)
	if err != nil {
		return nil, err
	}
	schema, err := avro.Parse(found.Schema.Schema)
	if err != nil {
		return nil, err
	}
	var serde sr.Serde
	serde.Register(found.ID, event, sr.EncodeFn(func(value any) ([]byte, error) { return avro.Marshal(schema, value) }))
	return serde.Encode(event)
}

// awaited reads receipts until one tells what became of the record.
func awaited(ctx context.Context, told settings, of *kgo.Record, since time.Time) (outcome, receipt string, err error) {
	topic := "receipts." + told.division
	consumer, err := kgo.NewClient(append(told.client,
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(since.UnixMilli())),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	)...)
	if err != nil {
		return "", "", err
	}
	defer consumer.Close()
	for {
		fetched := consumer.PollFetches(ctx)
		if err := fetched.Err0(); err != nil {
			return "", "", fmt.Errorf("no receipt in %s: %w", topic, err)
		}
		for _, record := range fetched.Records() {
			var read struct {
				Topic     string
				Partition int32
				Receipt   string
				Outcomes  []struct {
					First, Last int64
					Outcome     string
				}
			}
			if err := json.Unmarshal(record.Value, &read); err != nil {
				return "", "", err
			}
			for _, run := range read.Outcomes {
				if read.Topic == of.Topic && read.Partition == of.Partition && run.First <= of.Offset && of.Offset <= run.Last {
					return run.Outcome, read.Receipt, nil
				}
			}
		}
	}
}
