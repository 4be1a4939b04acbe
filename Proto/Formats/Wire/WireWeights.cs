using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>The layers and parameters of a binary .caffemodel of any age; numbers stay in the file.</summary>
internal static class WireWeights
{
    /// <summary>Reads what the file holds of each layer, in order.</summary>
    /// <exception cref="CnnException">The file is damaged.</exception>
    public static List<StoredLayer> Read(SafeFileHandle file, string path)
    {
        var reader = new WireReader(file, path);
        var layers = new List<StoredLayer>();
        while (reader.Position < reader.Length)
        {
            var (field, wireType) = reader.ReadTag();
            if (wireType == 2 && field == NetParameter.LayerFieldNumber)
            {
                layers.Add(ReadLayer(
                    reader, file, path, reader.ReadEnd(reader.Length), LayerParameter.NameFieldNumber, LayerParameter.BlobsFieldNumber));
            }
            else if (wireType == 2 && field == NetParameter.LayersFieldNumber)
            {
                layers.Add(ReadOldLayer(reader, file, path, reader.ReadEnd(reader.Length)));
            }
            else
            {
                reader.Skip(wireType, reader.Length);
            }
        }

        return layers;
    }

    private static StoredLayer ReadLayer(
        WireReader reader, SafeFileHandle file, string path, long end, int nameField, int blobsField)
    {
        string name = "";
        var blobs = new List<StoredBlob?>();
        while (reader.Position < end)
        {
            var (field, wireType) = reader.ReadTag();
            if (wireType == 2 && field == nameField)
            {
                name = ByteText.Decode(reader.ReadBytes(reader.ReadEnd(end)));
            }
            else if (wireType == 2 && field == blobsField)
            {
                blobs.Add(WireBlob.Read(reader, file, path, reader.ReadEnd(end)));
            }
            else
            {
                reader.Skip(wireType, end);
            }
        }

        return new StoredLayer(name, blobs);
    }

    // The format of 2014 (V1), or around that of 2013 (V0), whose name and blobs are in a message within.
    private static StoredLayer ReadOldLayer(WireReader reader, SafeFileHandle file, string path, long end)
    {
        long start = reader.Position;
        StoredLayer layer = ReadLayer(
            reader, file, path, end, V1LayerParameter.NameFieldNumber, V1LayerParameter.BlobsFieldNumber);
        reader.Jump(start, end);
        while (reader.Position < end)
        {
            var (field, wireType) = reader.ReadTag();
            if (wireType == 2 && field == V1LayerParameter.LayerFieldNumber)
            {
                StoredLayer inner = ReadLayer(
                    reader, file, path, reader.ReadEnd(end), V0LayerParameter.NameFieldNumber, V0LayerParameter.BlobsFieldNumber);
                layer = new StoredLayer(inner.Name, layer.Blobs.Count > 0 ? layer.Blobs : inner.Blobs);
            }
            else
            {
                reader.Skip(wireType, end);
            }
        }

        return layer;
    }
}
