
namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// Reads the layers and parameters of a binary .caffemodel in any version of the format; numbers stay in the file.
/// </summary>
internal static class WireWeights
{
    private const int LongestName = 1 << 24;

    /// <summary>Reads each layer's parameters, in order.</summary>
    /// <exception cref="CnnException">The file is damaged.</exception>
    public static List<StoredLayer> Read(WireFile file)
    {
        WireReader<WireFile> reader = WireReader.Of(file);
        var layers = new List<StoredLayer>();
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (type == WireType.Length && field is NetParameter.LayerFieldNumber or NetParameter.LayersFieldNumber)
            {
                long outer = reader.Enter();
                layers.Add(field == NetParameter.LayerFieldNumber
                    ? ReadLayer(ref reader, file, LayerParameter.NameFieldNumber, LayerParameter.BlobsFieldNumber)
                    : ReadOldLayer(ref reader, file));
                reader.Leave(outer);
            }
            else
            {
                reader.Skip(field, type);
            }
        }

        return layers;
    }

    // Reads a layer in the format of 2014 (V1), or one around that of 2013 (V0), whose name and blobs are in a message
    // within.
    private static StoredLayer ReadOldLayer(ref WireReader<WireFile> reader, WireFile file)
    {
        (string? name, StoredLayer? inner) = (null, null);
        var blobs = new List<StoredBlob?>();
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (type == WireType.Length && field == V1LayerParameter.LayerFieldNumber)
            {
                long outer = reader.Enter();
                inner = ReadLayer(
                    ref reader, file, V0LayerParameter.NameFieldNumber, V0LayerParameter.BlobsFieldNumber);
                reader.Leave(outer);
            }
            else if (!ReadField(
                ref reader, file, field, type,
                V1LayerParameter.NameFieldNumber, V1LayerParameter.BlobsFieldNumber, ref name, blobs))
            {
                reader.Skip(field, type);
            }
        }

        return new StoredLayer(inner?.Name ?? name ?? "", blobs.Count > 0 || inner is null ? blobs : inner.Blobs);
    }

    private static StoredLayer ReadLayer(ref WireReader<WireFile> reader, WireFile file, int nameField, int blobsField)
    {
        string? name = null;
        var blobs = new List<StoredBlob?>();
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (!ReadField(ref reader, file, field, type, nameField, blobsField, ref name, blobs))
            {
                reader.Skip(field, type);
            }
        }

        return new StoredLayer(name ?? "", blobs);
    }

    private static bool ReadField(
        ref WireReader<WireFile> reader,
        WireFile file,
        int field,
        WireType type,
        int nameField,
        int blobsField,
        ref string? name,
        List<StoredBlob?> blobs)
    {
        if (type != WireType.Length || (field != nameField && field != blobsField))
        {
            return false;
        }

        long outer = reader.Enter();
        if (field == nameField)
        {
            name = ByteText.Decode(reader.ReadRest(LongestName));
        }
        else
        {
            blobs.Add(WireBlob.Read(ref reader, file));
        }

        reader.Leave(outer);
        return true;
    }
}
