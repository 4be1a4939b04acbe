using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Engine.Snapshots;

/// <summary>Snapshots in the protobuf wire format, as Caffe writes them; arrays go from the blobs to the file directly.</summary>
internal static class BinarySnapshot
{
    /// <summary>Writes a net: its name, then every layer's definition as built, with its parameters.</summary>
    /// <param name="net">The net.</param>
    /// <param name="withDiff">Whether to write the gradients as well.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteWeights(Net net, bool withDiff, Stream stream)
    {
        var writer = new WireWriter(stream);
        writer.Bytes(NetParameter.NameFieldNumber, ByteText.Encode(net.Name));
        foreach (NetLayer layer in net.Layers)
        {
            LayerParameter definition = layer.Layer.Parameter;
            if (definition.Blobs.Count > 0)
            {
                definition = definition.Clone();
                definition.Blobs.Clear();
            }

            long size = WireWriter.SizeOf(definition);
            foreach (Blob blob in layer.Layer.Blobs)
            {
                size += WireWriter.SizeOf(LayerParameter.BlobsFieldNumber, BlobSize(blob, withDiff));
            }

            writer.Start(NetParameter.LayerFieldNumber, size);
            writer.Fields(definition);
            foreach (Blob blob in layer.Layer.Blobs)
            {
                WriteBlob(writer, LayerParameter.BlobsFieldNumber, blob, withDiff);
            }
        }
    }

    /// <summary>Writes a solver state.</summary>
    /// <param name="state">All of it but the history.</param>
    /// <param name="history">The history, in order.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteState(SolverState state, IReadOnlyList<Blob> history, Stream stream)
    {
        var writer = new WireWriter(stream);
        writer.Fields(state);
        foreach (Blob blob in history)
        {
            WriteBlob(writer, SolverState.HistoryFieldNumber, blob, withDiff: false);
        }
    }

    private static long BlobSize(Blob blob, bool withDiff)
    {
        long numbers = blob.Count * (long)sizeof(float);
        return WireWriter.SizeOf(BlobProto.ShapeFieldNumber, Shape(blob).CalculateSize())
            + WireWriter.SizeOf(BlobProto.DataFieldNumber, numbers)
            + (withDiff ? WireWriter.SizeOf(BlobProto.DiffFieldNumber, numbers) : 0);
    }

    private static void WriteBlob(WireWriter writer, int field, Blob blob, bool withDiff)
    {
        writer.Start(field, BlobSize(blob, withDiff));
        writer.Message(BlobProto.ShapeFieldNumber, Shape(blob));
        writer.Floats(BlobProto.DataFieldNumber, blob.Data);
        if (withDiff)
        {
            writer.Floats(BlobProto.DiffFieldNumber, blob.Diff);
        }
    }

    private static BlobShape Shape(Blob blob)
    {
        var shape = new BlobShape();
        foreach (int dim in blob.Shape)
        {
            shape.Dim.Add(dim);
        }

        return shape;
    }
}
