using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Runner.DataSets;

/// <summary>Writes the items of a blob as Datum records of floats.</summary>
internal sealed class LmdbFeatureWriter : FeatureWriter
{
    private const int KeyDigits = 10, MostAxes = 4;

    private readonly DatumBuffer buffer = new();
    private readonly LmdbWriter writer;

    /// <exception cref="CnnException">The blob has too many axes, or the path exists or cannot be written.</exception>
    public LmdbFeatureWriter(string path, string name, Blob blob)
        : base(name, blob)
    {
        if (blob.AxisCount > MostAxes)
        {
            throw new CnnException(
                $"blob '{name}' of shape {blob.ShapeText} has more than the {MostAxes} axes of a Datum", "write hdf5");
        }

        writer = LmdbWriter.Create(path);
    }

    /// <inheritdoc/>
    public override void Commit() => writer.Commit();

    /// <inheritdoc/>
    public override void Dispose() => writer.Dispose();

    /// <inheritdoc/>
    protected override void Write(Blob items, Blob? labels)
    {
        int count = items.LegacyDim(0);
        int size = count == 0 ? 0 : items.Count / count;
        ReadOnlySpan<float> values = items.Data;
        Span<byte> key = stackalloc byte[DatumKey.MostDigits];
        for (int i = 0; i < count; i++)
        {
            buffer.WriteFloats(
                items.LegacyDim(1), items.LegacyDim(2), items.LegacyDim(3), values.Slice(i * size, size));
            writer.Put(DatumKey.Write(writer.Count, KeyDigits, key), buffer.Record);
        }
    }
}
