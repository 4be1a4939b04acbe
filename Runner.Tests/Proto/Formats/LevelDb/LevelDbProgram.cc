// Writes and dumps databases with the real LevelDB, for the tests beside it.
//
//   program write DIR < SCRIPT    runs commands, one a line: see Write
//   program dump DIR...           writes DIR.dump for each: the size and bytes of each key and value, in order
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "leveldb/db.h"
#include "leveldb/write_batch.h"

static void Require(const leveldb::Status& status) {
  if (!status.ok()) {
    std::cerr << status.ToString() << std::endl;
    std::exit(1);
  }
}

// Half of the values compress well.
static std::string Value(uint64_t seed, size_t size) {
  std::string value(size, 'x');
  uint64_t state = seed * 2654435761u + 1;
  for (size_t i = 0; i < size; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value[i] = seed % 2 == 0 ? static_cast<char>(state >> 56) : static_cast<char>('a' + i / 50 % 20);
  }
  return value;
}

static std::string Key(const std::string& hex) {
  std::string key;
  for (size_t i = 1; i + 1 < hex.size(); i += 2) {
    key.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return key;
}

// Copies the folder while the database is open. LevelDB compacts it meanwhile, so that the copy is one state of it only
// if the same files are there before and after.
static void Copy(const std::string& from, const std::string& to) {
  std::string script = "for i in $(seq 200); do rm -rf '" + to + "'; files=$(ls -l '" + from + "'); cp -r '" + from +
                       "' '" + to + "' && [ \"$files\" = \"$(ls -l '" + from +
                       "')\" ] && exit 0; sleep 0.05; done; exit 1";
  if (std::system(script.c_str()) != 0) {
    std::cerr << "the database changes all the time" << std::endl;
    std::exit(1);
  }
}

// open BUFFER COMPRESSION BLOCK | batch | put xKEY SEED SIZE | delete xKEY | commit | flush | copy TO | close | exit
static void Write(const std::string& path) {
  std::unique_ptr<leveldb::DB> db;
  leveldb::WriteBatch batch;
  bool batching = false;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command, text;
    uint64_t a = 0, b = 0, c = 0;
    words >> command;
    if (command == "open") {
      words >> a >> b >> c;
      leveldb::Options options;
      options.create_if_missing = true;
      options.write_buffer_size = a;
      options.compression = b ? leveldb::kSnappyCompression : leveldb::kNoCompression;
      options.block_size = c;
      options.max_file_size = 1 << 20;
      leveldb::DB* opened = nullptr;
      Require(leveldb::DB::Open(options, path, &opened));
      db.reset(opened);
    } else if (command == "put" || command == "delete") {
      words >> text >> a >> b;
      if (command == "put") {
        batch.Put(Key(text), Value(a, b));
      } else {
        batch.Delete(Key(text));
      }
    } else if (command == "batch") {
      batching = true;
    } else if (command == "commit") {
      batching = false;
    } else if (command == "flush") {
      db->CompactRange(nullptr, nullptr);
    } else if (command == "copy") {
      words >> text;
      Copy(path, text);
    } else if (command == "close") {
      db.reset();
    } else if (command == "exit") {
      _exit(0);
    }
    if (!batching && db) {
      Require(db->Write(leveldb::WriteOptions(), &batch));
      batch.Clear();
    }
  }
}

static void Put(std::ofstream& to, const leveldb::Slice& bytes) {
  uint32_t size = static_cast<uint32_t>(bytes.size());
  to.write(reinterpret_cast<const char*>(&size), sizeof size);
  to.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

static void Dump(const std::string& path) {
  leveldb::DB* opened = nullptr;
  Require(leveldb::DB::Open(leveldb::Options(), path, &opened));
  std::unique_ptr<leveldb::DB> db(opened);
  std::unique_ptr<leveldb::Iterator> records(db->NewIterator(leveldb::ReadOptions()));
  std::ofstream to(path + ".dump", std::ios::binary);
  for (records->SeekToFirst(); records->Valid(); records->Next()) {
    Put(to, records->key());
    Put(to, records->value());
  }
  Require(records->status());
}

int main(int count, char** words) {
  if (std::string(words[1]) == "write") {
    Write(words[2]);
    return 0;
  }
  for (int i = 2; i < count; i++) {
    Dump(words[i]);
  }
}
