using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Safetensors;

/// <summary>
/// The safetensors format: the length of the header in 8 bytes, little-endian; the header, a JSON object; the arrays'
/// bytes, little-endian and row-major, one after another.
/// </summary>
/// <remarks>Source: the description of the format in huggingface/safetensors.</remarks>
internal static class SafetensorsFile
{
    /// <summary>The ending of such a file's name.</summary>
    public const string Extension = ".safetensors";

    private const int LongestHeader = 100_000_000;

    private const int LengthSize = sizeof(ulong);

    /// <summary>Whether a file is of the format, by its content.</summary>
    /// <exception cref="CnnException">It does not exist or cannot be read.</exception>
    public static bool IsFormatOf(string path)
    {
        using SafeFileHandle file = FileText.OpenHandle(path);
        if (FileText.Length(file, path) <= LengthSize)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[LengthSize + 1];
        WireReader.ReadAt(file, path, 0, start);
        return BinaryPrimitives.ReadUInt64LittleEndian(start) <= LongestHeader && start[^1] == (byte)'{';
    }

    /// <summary>Opens a file of weights and reads everything but the numbers.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds something else.</exception>
    public static WeightsFile Open(string path)
    {
        SafeFileHandle file = FileText.OpenHandle(path);
        try
        {
            (IReadOnlyList<SafetensorsTensor> tensors, long dataStart) = ReadHeader(file, path);
            return new WeightsFile(NamedArrays.ToLayers(tensors.Select(Stored)), file);

            (string, StoredBlob) Stored(SafetensorsTensor tensor) => (tensor.Name, new StoredBlob
            {
                Shape = tensor.Shape, Data = new SafetensorsArray(file, path, tensor, dataStart),
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes arrays in their order.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="arrays">The arrays.</param>
    /// <param name="metadata">Texts about the file, by their keys.</param>
    /// <exception cref="CnnException">The header would be longer than the format allows.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(
        Stream stream, IReadOnlyList<NamedArray> arrays, IReadOnlyList<(string Key, string Text)> metadata)
    {
        byte[] header = Header(arrays, metadata);
        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (NamedArray array in arrays)
        {
            FloatBytes.Write(stream, array.Array.Data);
        }
    }

    private static (IReadOnlyList<SafetensorsTensor> Tensors, long DataStart) ReadHeader(
        SafeFileHandle file, string path)
    {
        long size = FileText.Length(file, path);
        if (size < LengthSize)
        {
            throw new CnnException($"{path}: is no safetensors file: it has {size} bytes, the length of a header 8");
        }

        Span<byte> length = stackalloc byte[LengthSize];
        WireReader.ReadAt(file, path, 0, length);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerLength > LongestHeader || (long)headerLength > size - LengthSize)
        {
            throw new CnnException(
                $"{path}: is no safetensors file or a damaged one: its header would have {headerLength} bytes, "
                + (headerLength > LongestHeader ? "more than 100 MB" : $"the whole file has {size}"),
                "copy it again or write it anew");
        }

        byte[] header = new byte[headerLength];
        WireReader.ReadAt(file, path, LengthSize, header);
        long dataStart = LengthSize + header.Length;
        return (SafetensorsHeader.Read(header, size - dataStart, path), dataStart);
    }

    private static byte[] Header(
        IReadOnlyList<NamedArray> arrays, IReadOnlyList<(string Key, string Text)> metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(
            bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.Metadata);
            foreach (var (key, text) in metadata)
            {
                json.WriteString(key, Encoding.UTF8.GetBytes(text));
            }

            json.WriteEndObject();
            long offset = 0;
            foreach (NamedArray array in arrays)
            {
                Write(json, array, ref offset);
            }

            json.WriteEndObject();
        }

        if (bytes.Length > LongestHeader - LengthSize)
        {
            throw new CnnException(
                $"a safetensors file cannot hold {arrays.Count} arrays of such names: its header has at most 100 MB",
                "shorten the names of the layers, or write .npz");
        }

        // The data start at a multiple of 8 bytes.
        while ((LengthSize + bytes.Length) % LengthSize != 0)
        {
            bytes.WriteByte((byte)' ');
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, NamedArray array, ref long offset)
    {
        // Half a surrogate pair, which only code can make, becomes a replacement character.
        json.WriteStartObject(Encoding.UTF8.GetBytes(array.Name));
        json.WriteString(SafetensorsHeader.TypeMember, SafetensorsTypes.Float32);
        json.WriteStartArray(SafetensorsHeader.ShapeMember);
        foreach (int axis in array.Array.Shape)
        {
            json.WriteNumberValue(axis);
        }

        json.WriteEndArray();
        json.WriteStartArray(SafetensorsHeader.OffsetsMember);
        json.WriteNumberValue(offset);
        offset += array.Array.Data.Length * (long)sizeof(float);
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
