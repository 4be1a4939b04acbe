using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Data</c>: images and labels from a database of Datum records, LMDB or LevelDB, starting again after the last.
/// Tops: images [N, C, H, W] and, if named, labels [N]. Records are raw pixels, floats, or image files, which are
/// decoded to blue, green, red. They come in the order of their keys, or with <c>shuffle</c> in an order that is a
/// function of the seed and the epoch; which records a batch holds is a function of the pass alone, so a resumed run
/// goes on where it stopped.
/// </summary>
[LayerType("Data")]
internal sealed class DataLayer(LayerContext context) : DatabaseSourceLayer(context)
{
    private protected override ImageShape ShapeOf(long item, int worker) => ShapeOf(Parse(item, worker));

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        DatumView datum = Parse(item, worker);
        if (datum.IsEncoded)
        {
            PlanarImage image = Decode(datum, worker);
            target.Transform(new ImageShape(image.Channels, image.Height, image.Width), image.Pixels, datum.Label);
            return;
        }

        ImageShape shape = datum.RequireShape();
        if (!datum.Pixels.IsEmpty)
        {
            target.Transform(shape, datum.Pixels, datum.Label);
            return;
        }

        target.Transform(shape, FloatsOf(datum, worker), datum.Label);
    }

    private DatumView Parse(long record, int worker) => DatumView.TryParse(Record(record, worker), out DatumView datum)
        ? datum
        : throw new CnnException("it is no Datum message");
}
