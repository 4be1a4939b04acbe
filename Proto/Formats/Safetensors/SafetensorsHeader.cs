using System.Text.Json;
using System.Text.Unicode;

namespace Cnn.Proto.Formats.Safetensors;

/// <summary>
/// Reads the header of a safetensors file: a JSON object with a member for each array, <c>"name": {"dtype": "F32",
/// "shape": [2, 3], "data_offsets": [0, 24]}</c>, and texts in <c>__metadata__</c>.
/// </summary>
internal ref struct SafetensorsHeader
{
    /// <summary>The member that is no array but holds texts.</summary>
    public const string Metadata = "__metadata__";

    /// <summary>The members of an array.</summary>
    public const string TypeMember = "dtype", ShapeMember = "shape", OffsetsMember = "data_offsets";

    private const int MostAxes = 64;

    private readonly string path;
    private Utf8JsonReader json;

    private SafetensorsHeader(ReadOnlySpan<byte> bytes, string path)
    {
        this.path = path;
        json = new Utf8JsonReader(bytes);
    }

    /// <summary>Reads a header and checks that the arrays cover the data exactly, without overlaps or gaps.</summary>
    /// <param name="bytes">The header.</param>
    /// <param name="dataLength">How many bytes follow it in the file.</param>
    /// <param name="path">The file, for errors.</param>
    /// <returns>The arrays in the order of their data.</returns>
    /// <exception cref="CnnException">The header is damaged, or an array cannot be read.</exception>
    public static IReadOnlyList<SafetensorsTensor> Read(ReadOnlySpan<byte> bytes, long dataLength, string path)
    {
        // The reader leaves the bytes within strings unchecked until they become strings.
        if (!Utf8.IsValid(bytes))
        {
            throw Damaged(path, "its header is not UTF-8");
        }

        SafetensorsTensor[] tensors = [.. new SafetensorsHeader(bytes, path).ReadAll().OrderBy(t => t.Start)
            .ThenBy(t => t.End)];
        RequireCover(tensors, dataLength, path);
        return tensors;
    }

    /// <summary>Returns the error for a damaged file.</summary>
    public static CnnException Damaged(string path, string problem) =>
        new($"{path}: is a damaged safetensors file: {problem}", "copy it again or write it anew");

    private static void RequireCover(SafetensorsTensor[] tensors, long dataLength, string path)
    {
        (long end, string before) = (0, "the header");
        foreach (SafetensorsTensor tensor in tensors)
        {
            string name = What(tensor.Name);
            if (tensor.Start != end)
            {
                throw Damaged(path, tensor.Start < end
                    ? $"the data of {name} start at byte {tensor.Start}, where those of {before} are"
                    : $"between {before} and {name} are {tensor.Start - end} bytes that belong to no tensor");
            }

            (end, before) = (tensor.End, name);
        }

        if (end != dataLength)
        {
            throw Damaged(path, $"its tensors have {end} bytes of data, the file {dataLength}");
        }
    }

    private static string What(string tensor) => $"tensor '{PathText.Shown(tensor)}'";

    private List<SafetensorsTensor> ReadAll()
    {
        try
        {
            return ReadTensors();
        }
        catch (JsonException)
        {
            throw Damaged(path, $"its header is not valid JSON from byte {json.BytesConsumed} on");
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            throw Damaged(path, $"its header holds a text that is not Unicode before byte {json.BytesConsumed}");
        }
    }

    private List<SafetensorsTensor> ReadTensors()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<SafetensorsTensor>();
        Expect(JsonTokenType.StartObject, "the header");
        while (NextMember("the header") is { } name)
        {
            if (!names.Add(name))
            {
                throw Damaged(path, $"two tensors have the name '{PathText.Shown(name)}'");
            }

            if (name == Metadata)
            {
                SkipMetadata();
            }
            else
            {
                tensors.Add(ReadTensor(name));
            }
        }

        // Nothing but blanks may follow.
        json.Read();
        return tensors;
    }

    private SafetensorsTensor ReadTensor(string name)
    {
        string what = What(name);
        (string? type, List<long>? shape, List<long>? offsets) = (null, null, null);
        Expect(JsonTokenType.StartObject, what);
        while (NextMember(what) is { } member)
        {
            switch (member)
            {
                case TypeMember when type is null:
                    Expect(JsonTokenType.String, $"the {TypeMember} of {what}");
                    type = json.GetString()!;
                    break;
                case ShapeMember when shape is null:
                    shape = ReadNumbers($"the {ShapeMember} of {what}", MostAxes);
                    break;
                case OffsetsMember when offsets is null:
                    offsets = ReadNumbers($"the {OffsetsMember} of {what}", 2);
                    break;
                case TypeMember or ShapeMember or OffsetsMember:
                    throw Damaged(path, $"{what} has two {member}");
                default:
                    json.Read();
                    json.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is not [long start, long end])
        {
            string missing = type is null ? TypeMember : shape is null ? ShapeMember : OffsetsMember;
            throw Damaged(path, $"{what} lacks its {missing}");
        }

        NumberType numbers = SafetensorsTypes.Find(type) ?? throw new CnnException(
            $"{path}: {what} holds numbers of type '{PathText.Shown(type)}', which cannot be read",
            "save it as float32: tensor.float()");
        var axes = new StoredShape(shape);
        if (start > end || axes.Count > (end - start) / numbers.Size || axes.Count * numbers.Size != end - start)
        {
            throw Damaged(
                path, $"{what} of shape [{string.Join(", ", shape)}] and type {type} has bytes {start} to {end}");
        }

        return new SafetensorsTensor(name, numbers, axes, start, end);
    }

    private List<long> ReadNumbers(string what, int most)
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray, what);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number) || number < 0)
            {
                throw Damaged(path, $"{what} holds something else than whole numbers of 0 or more");
            }

            if (numbers.Count == most)
            {
                throw Damaged(path, $"{what} holds more than {most} numbers");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private void SkipMetadata()
    {
        Expect(JsonTokenType.StartObject, Metadata);
        while (NextMember(Metadata) is not null)
        {
            Expect(JsonTokenType.String, $"a member of {Metadata}");
        }
    }

    // Returns the name of an object's next member; null at the object's end.
    private string? NextMember(string what)
    {
        if (!json.Read())
        {
            throw Damaged(path, $"{what} does not end");
        }

        return json.TokenType == JsonTokenType.EndObject ? null : json.GetString();
    }

    private void Expect(JsonTokenType type, string what)
    {
        if (!json.Read() || json.TokenType != type)
        {
            string wanted = type switch
            {
                JsonTokenType.StartObject => "an object",
                JsonTokenType.StartArray => "an array",
                _ => "a text",
            };
            throw Damaged(path, $"{what} is not {wanted}");
        }
    }
}
