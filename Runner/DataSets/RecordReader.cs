using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Records;
using Cnn.Runner.DataSets.Inspection;

namespace Cnn.Runner.DataSets;

/// <summary>One thread's reader of the images in a database, which keeps its buffers.</summary>
/// <param name="records">The database, which other threads may read too.</param>
internal sealed class RecordReader(RecordDatabase records) : IRecordReader
{
    private readonly RecordBuffer buffer = new();
    private readonly ImageReader images = new();
    private float[] floats = [];

    /// <summary>Reads a record; an encoded image is decoded with the channels that it has.</summary>
    /// <exception cref="CnnException">It is no image; the error says why and not which record it is.</exception>
    public RecordImage Read(long index)
    {
        if (!DatumView.TryParse(records.Value(index, buffer), out DatumView datum))
        {
            throw new CnnException("it is no Datum message");
        }

        if (datum.IsEncoded)
        {
            PlanarImage image = images.Decode(datum.Pixels, ImageColor.Stored);
            return new RecordImage
            {
                Kind = RecordKind.Encoded,
                Shape = new ImageShape(image.Channels, image.Height, image.Width),
                Label = datum.Label,
                Pixels = image.Pixels,
            };
        }

        bool isFloat = datum.Pixels.IsEmpty;
        return new RecordImage
        {
            Kind = isFloat ? RecordKind.Float : RecordKind.Raw,
            Shape = datum.RequireShape(),
            Label = datum.Label,
            Pixels = datum.Pixels,
            Values = isFloat ? Floats(datum) : default,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => images.Dispose();

    private ReadOnlySpan<float> Floats(scoped in DatumView datum)
    {
        if (floats.Length < datum.FloatCount)
        {
            floats = new float[datum.FloatCount];
        }

        datum.CopyFloats(floats);
        return floats.AsSpan(0, datum.FloatCount);
    }
}
