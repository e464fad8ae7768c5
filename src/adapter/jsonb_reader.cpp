// SPDX-License-Identifier: PostgreSQL
#include "adapter/jsonb_reader.hpp"

#include "adapter/numeric_codec.hpp"

namespace quant::pg {

namespace {

constexpr int kMaxDepth = 64;

class Reader {
 public:
  Reader(JsonbContainer* container, std::string_view name)
      : name_(name), iterator_(call_server([&] { return JsonbIteratorInit(container); })) {}

  Json read() {
    const JsonbIteratorToken token = next();
    if (token == WJB_BEGIN_OBJECT) return read_object(0);
    const bool scalar = value_.val.array.rawScalar;
    Json list = read_array(0);
    return scalar ? list.array()->front() : list;
  }

 private:
  JsonbIteratorToken next() {
    return call_server([&] { return JsonbIteratorNext(&iterator_, &value_, false); });
  }

  Json read_member(JsonbIteratorToken token, int depth) {
    if (depth > kMaxDepth) {
      throw invalid("JSON document is nested too deeply")
          .detail(concat("At ", name_, ": at most ", kMaxDepth, " levels are allowed."));
    }
    if (token == WJB_BEGIN_OBJECT) return read_object(depth);
    if (token == WJB_BEGIN_ARRAY) return read_array(depth);
    return read_scalar();
  }

  Json read_object(int depth) {
    Json::Object members;
    while (next() == WJB_KEY) {
      std::string key(value_.val.string.val, static_cast<std::size_t>(value_.val.string.len));
      members.push_back({std::move(key), read_member(next(), depth + 1)});
    }
    return {std::move(members)};
  }

  Json read_array(int depth) {
    Json::Array elements;
    for (auto token = next(); token != WJB_END_ARRAY; token = next()) {
      elements.push_back(read_member(token, depth + 1));
    }
    return {std::move(elements)};
  }

  Json read_scalar() {
    switch (value_.type) {
      case jbvBool:
        return {value_.val.boolean};
      case jbvNumeric:
        return read_number(NumericGetDatum(value_.val.numeric));
      case jbvString:
        return {
            std::string(value_.val.string.val, static_cast<std::size_t>(value_.val.string.len))};
      default:
        return {};
    }
  }

  /// A number beyond 38 digits stands for itself until somebody wants its value.
  static Json read_number(Datum value) {
    if (const auto decimal = find_decimal(value)) return {*decimal};
    return {LongNumber{
        call_server([&] { return DatumGetCString(DirectFunctionCall1(numeric_out, value)); })}};
  }

  std::string_view name_;
  JsonbIterator* iterator_;
  JsonbValue value_{};
};

}  // namespace

Json read_jsonb(Datum value, std::string_view name) {
  auto* document = call_server([&] { return DatumGetJsonbP(value); });
  return Reader(&document->root, name).read();
}

Datum encode_jsonb(const std::string& json) {
  return call_server([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.c_str())); });
}

}  // namespace quant::pg
