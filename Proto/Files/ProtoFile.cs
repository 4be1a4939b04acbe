using System.Buffers;
using Cnn.Proto.Forks;
using Cnn.Proto.Schemas;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto;

/// <summary>
/// Reads and writes definitions and weights in any format, identified by content and extension, and upgrades old
/// formats.
/// </summary>
public static class ProtoFile
{
    private const string ReadAsBinary = "it was read as binary because text has no such control characters";

    private static readonly SearchValues<byte> BinaryBytes =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b).Except("\n\r\t\v\f"u8.ToArray())]);

    /// <summary>Reads a net and upgrades it to the current format.</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read or is wrong; the exception carries all mistakes.
    /// </exception>
    public static NetDefinition LoadNet(string path)
    {
        Definition<NetParameter> file = Load<NetParameter>(path);
        var warnings = file.Warnings.ToList();
        NetParameter net = FileErrors.Naming(
            path, () => NetUpgrade.Upgrade(file.Message, file.Sources, warnings));
        return new NetDefinition(net, file.Sources, file.Files) { Format = file.Format, Warnings = warnings };
    }

    /// <summary>Reads a solver and upgrades it, and the nets within it, to the current format.</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read or is wrong; the exception carries all mistakes.
    /// </exception>
    public static SolverDefinition LoadSolver(string path)
    {
        Definition<SolverParameter> file = Load<SolverParameter>(path);
        var warnings = file.Warnings.ToList();
        SolverParameter solver = FileErrors.Naming(
            path, () => SolverUpgrade.Upgrade(file.Message, file.Sources, path, warnings));
        return new SolverDefinition(solver, file.Sources, file.Files) { Format = file.Format, Warnings = warnings };
    }

    /// <summary>Reads weights as a net in the current format.</summary>
    /// <exception cref="CnnException">The file cannot be read, or holds no layers.</exception>
    public static NetParameter LoadWeights(string path)
    {
        NetParameter net = LoadNet(path).Message;
        return net.Layer.Count > 0
            ? net
            : throw new CnnException($"{path}: holds no layers, so it is not a weights file");
    }

    /// <summary>Reads a binary message.</summary>
    /// <exception cref="CnnException">The file cannot be read or is damaged.</exception>
    public static T LoadBinary<T>(string path)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return ParseBinary<T>(FileText.ReadBytes(path), path);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfFile(path, "read", exception);
        }
    }

    /// <summary>Reads a message in any format, without an upgrade.</summary>
    /// <exception cref="CnnException">The file cannot be read or is wrong.</exception>
    public static Definition<T> Load<T>(string path)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return Parse<T>(path);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfFile(path, "read", exception);
        }
    }

    private static Definition<T> Parse<T>(string path)
        where T : class, IMessage<T>, new()
    {
        byte[] bytes = FileText.ReadBytes(path);
        if (bytes.Length == 0)
        {
            throw new CnnException($"{path}: the file is empty");
        }

        var sources = new SourceMap();
        var ignored = new IgnoredHints();
        ProtoFormat format = FormatOf(path, bytes);
        T message = format switch
        {
            ProtoFormat.Binary => ParseBinary<T>(bytes, path),
            ProtoFormat.Yaml => YamlFormat.ParseFile<T>(FileText.Decode(bytes, path), path, sources, ignored),
            _ => TextFormat.ParseFile<T>(FileText.Decode(bytes, path), path, sources, ignored),
        };
        return new Definition<T>(message, sources, new PathResolver(path))
        {
            Format = format,
            Warnings = ignored.Warnings,
        };
    }

    /// <summary>Whether a file is in the binary format, by its extension and its first bytes.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    internal static bool IsBinary(string path)
    {
        using SafeFileHandle file = FileText.OpenHandle(path);
        return FormatOf(path, FileText.Start(file, path, new byte[4096])) == ProtoFormat.Binary;
    }

    /// <summary>Writes a message in the format of the file's extension, atomically.</summary>
    /// <exception cref="CnnException">The extension determines no format, or the file cannot be written.</exception>
    public static void Save(IMessage message, string path) => Save(message, path, FormatToWrite(path));

    /// <summary>Returns the format that a file's extension determines.</summary>
    /// <exception cref="CnnException">The extension determines none.</exception>
    internal static ProtoFormat FormatToWrite(string path) => ExtensionFormat(path) ?? throw new CnnException(
        $"'{path}': the extension does not say which format to write",
        "use .prototxt, .yaml, or .caffemodel and .binaryproto for binary");

    /// <summary>Whether a file's extension is that of YAML, or determines no format.</summary>
    internal static bool MayBeYaml(string path) => ExtensionFormat(path) is null or ProtoFormat.Yaml;

    /// <summary>Writes a message in a given format, atomically, whatever the file's name.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Save(IMessage message, string path, ProtoFormat format) =>
        AtomicFile.Write(path, stream => Write(message, stream, format));

    /// <summary>Writes a message in a given format.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    internal static void Write(IMessage message, Stream stream, ProtoFormat format)
    {
        if (format == ProtoFormat.Binary)
        {
            MessageBytes.Write(message, stream);
            return;
        }

        // Half precision as bytes would be unreadable as text, and Caffe cannot read it at all.
        message = RawBlob.InMessage(message);
        using var writer = new ByteTextWriter(stream);
        if (format == ProtoFormat.Yaml)
        {
            WriteSchemaLine(message, writer);
            writer.Write(YamlFormat.Print(message));
        }
        else
        {
            TextFormat.Print(message, writer);
        }
    }

    // Tells editors where the JSON Schema of a net or solver is: beside the file, if `cnn schema` was asked for it.
    private static void WriteSchemaLine(IMessage message, TextWriter writer)
    {
        string? schema = message is NetParameter ? YamlSchema.NetFile
            : message is SolverParameter ? YamlSchema.SolverFile
            : null;
        if (schema is not null)
        {
            writer.Write(YamlSchema.LineNaming(schema));
        }
    }

    private static ProtoFormat FormatOf(string path, ReadOnlySpan<byte> bytes) =>
        ExtensionFormat(path) is { } format && !(format == ProtoFormat.Text && LooksBinary(bytes))
            ? format
            : LooksBinary(bytes) ? ProtoFormat.Binary : ProtoFormat.Text;

    private static ProtoFormat? ExtensionFormat(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".prototxt" or ".pbtxt" or ".txt" => ProtoFormat.Text,
        ".yaml" or ".yml" => ProtoFormat.Yaml,
        ".caffemodel" or ".binaryproto" or ".solverstate" or ".pb" or ".bin" => ProtoFormat.Binary,
        _ => null,
    };

    // Prototxt has no control characters except white space; the wire format has many, in its tags and lengths. Text in
    // UTF-16 contains zeros, though.
    private static bool LooksBinary(ReadOnlySpan<byte> bytes) =>
        TextEncoding.FromMark(bytes) is null
        && TextEncoding.GuessUtf16(bytes) is null
        && bytes[..Math.Min(bytes.Length, 4096)].ContainsAny(BinaryBytes);

    /// <summary>Parses a message from its bytes.</summary>
    internal static T ParseBinary<T>(byte[] bytes, string path)
        where T : class, IMessage<T>, new()
    {
        T message;
        try
        {
            message = MessageBytes.Parse<T>(bytes);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new CnnException(
                $"{path}: is damaged or not a binary {new T().Descriptor.Name}",
                ExtensionFormat(path) == ProtoFormat.Text ? ReadAsBinary : null,
                exception);
        }

        // A file of another kind can parse as a message of unknown fields alone.
        return bytes.Length == 0 || message.Descriptor.Fields.InFieldNumberOrder().Any(f => IsSet(f, message))
            ? message
            : throw new CnnException($"{path}: is not a binary {new T().Descriptor.Name}");
    }

    private static bool IsSet(Google.Protobuf.Reflection.FieldDescriptor field, IMessage message) =>
        field.IsRepeated
            ? ((System.Collections.IList)field.Accessor.GetValue(message)).Count > 0
            : field.Accessor.HasValue(message);
}
