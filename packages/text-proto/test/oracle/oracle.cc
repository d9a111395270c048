// Judges text protos in bulk with the C++ parser of the installed libprotobuf.
//
//   oracle DESCRIPTOR_SET < requests > answers
//
// All numbers are 32-bit little-endian. A request is: length and bytes of the message's full name, length and bytes of
// the text. An answer is: 1 for accepted or 0, length and bytes of the deterministic wire form, length and bytes of the
// text that is printed for the message (both empty if refused), the number of errors, and for each: line and column (both from 1), 1 for a warning or 0, length and bytes of the message.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

namespace pb = google::protobuf;

namespace {

struct Finding {
  int line;
  int column;
  bool warning;
  std::string message;
};

class Collector : public pb::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    findings.push_back({line + 1, column + 1, false, message});
  }
  void AddWarning(int line, int column, const std::string& message) override {
    findings.push_back({line + 1, column + 1, true, message});
  }
  std::vector<Finding> findings;
};

bool ReadNumber(uint32_t* value) {
  unsigned char bytes[4];
  if (std::fread(bytes, 1, 4, stdin) != 4) return false;
  *value = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | static_cast<uint32_t>(bytes[3]) << 24;
  return true;
}

bool ReadBytes(std::string* text) {
  uint32_t length;
  if (!ReadNumber(&length)) return false;
  text->resize(length);
  return length == 0 || std::fread(&(*text)[0], 1, length, stdin) == length;
}

void WriteNumber(uint32_t value) {
  unsigned char bytes[4] = {static_cast<unsigned char>(value), static_cast<unsigned char>(value >> 8),
                            static_cast<unsigned char>(value >> 16), static_cast<unsigned char>(value >> 24)};
  std::fwrite(bytes, 1, 4, stdout);
}

void WriteBytes(const std::string& text) {
  WriteNumber(text.size());
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: oracle DESCRIPTOR_SET < requests > answers\n";
    return 2;
  }
  // Invalid UTF-8 in strings is logged, not refused; the log is of no interest here.
  pb::SetLogHandler(nullptr);
  pb::FileDescriptorSet set;
  std::ifstream file(argv[1], std::ios::binary);
  if (!set.ParseFromIstream(&file)) {
    std::cerr << "not a FileDescriptorSet: " << argv[1] << "\n";
    return 2;
  }
  pb::DescriptorPool pool;
  for (const auto& proto : set.file()) {
    if (pool.BuildFile(proto) == nullptr) {
      std::cerr << "cannot build " << proto.name() << "\n";
      return 2;
    }
  }
  pb::DynamicMessageFactory factory(&pool);
  std::string name, text;
  while (ReadBytes(&name) && ReadBytes(&text)) {
    const pb::Descriptor* descriptor = pool.FindMessageTypeByName(name);
    if (descriptor == nullptr) {
      std::cerr << "no message " << name << "\n";
      return 2;
    }
    std::unique_ptr<pb::Message> message(factory.GetPrototype(descriptor)->New());
    Collector collector;
    pb::TextFormat::Parser parser;
    parser.RecordErrorsTo(&collector);
    bool accept = parser.ParseFromString(text, message.get());
    std::string bytes, printed;
    if (accept) {
      pb::io::StringOutputStream stream(&bytes);
      pb::io::CodedOutputStream coded(&stream);
      coded.SetSerializationDeterministic(true);
      message->SerializePartialToCodedStream(&coded);
      // Not from the bytes: those with invalid UTF-8 in a string would not be read.
      pb::TextFormat::PrintToString(*message, &printed);
    }
    WriteNumber(accept ? 1 : 0);
    WriteBytes(bytes);
    WriteBytes(printed);
    WriteNumber(collector.findings.size());
    for (const Finding& finding : collector.findings) {
      WriteNumber(finding.line);
      WriteNumber(finding.column);
      WriteNumber(finding.warning ? 1 : 0);
      WriteBytes(finding.message);
    }
    // One flush a batch: the other side marks its end by a text that is empty but for a form feed.
    if (text == "\f") std::fflush(stdout);
  }
  return 0;
}
