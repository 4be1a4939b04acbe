using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Records;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Data</c>: images and labels from a database of Datum records, LMDB or LevelDB, starting again after the last.
/// Tops: images [N, C, H, W] and, if named, labels [N]. Records are raw pixels, floats, or image files, which are
/// decoded to blue, green, red. They come in the order of their keys, or with <c>shuffle</c> in an order that is a
/// function of the seed and the epoch; which records a batch holds is a function of the pass alone, so a resumed run
/// goes on where it stopped.
/// </summary>
[LayerType("Data")]
internal sealed class DataLayer : ImageSourceLayer
{
    private readonly DataParameter parameter;
    private RecordDatabase? records;
    private RecordBuffer[] buffers = [];
    private ImageReader[] readers = [];

    // One buffer per worker, for records of floats.
    private float[][] floats = [];

    /// <summary>Makes the layer.</summary>
    public DataLayer(LayerContext context)
        : this(context, context.Parameter.DataParam ?? new DataParameter())
    {
    }

    private DataLayer(LayerContext context, DataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            DataParameter.SourceFieldNumber,
            DataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch,
            parameter.SkipBadRecords)) =>
        this.parameter = parameter;

    private protected override long Count => records!.Count;

    private protected override bool IsShuffled => parameter.Shuffle;

    private ImageColor Color => Transformer.StoredColor;

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter, DataParameter.SourceFieldNumber, "source is missing in data_param", "name the database");
        }

        if (MakesUpFor(parameter.Source))
        {
            return;
        }

        records = OpenDatabase(Context.Files.Find(parameter.Source));
        if (records.Count == 0)
        {
            throw Context.Error(parameter, DataParameter.SourceFieldNumber, $"'{parameter.Source}' holds no records");
        }

        floats = new float[WorkerCount][];
        buffers = [.. Enumerable.Range(0, WorkerCount).Select(_ => new RecordBuffer())];
        readers = [.. Enumerable.Range(0, WorkerCount).Select(_ => new ImageReader())];
    }

    private protected override void Close()
    {
        foreach (ImageReader reader in readers)
        {
            reader.Dispose();
        }

        records?.Dispose();
    }

    private protected override ImageShape ShapeOf(long item, int worker)
    {
        DatumView datum = Parse(item, worker);
        return datum.IsEncoded ? ImageReader.ShapeOf(datum.Pixels, Color) : datum.RequireShape();
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        DatumView datum = Parse(item, worker);
        if (datum.IsEncoded)
        {
            PlanarImage image = readers[worker].Decode(datum.Pixels, Color);
            target.Transform(new ImageShape(image.Channels, image.Height, image.Width), image.Pixels, datum.Label);
            return;
        }

        ImageShape shape = datum.RequireShape();
        if (!datum.Pixels.IsEmpty)
        {
            target.Transform(shape, datum.Pixels, datum.Label);
            return;
        }

        ref float[] buffer = ref floats[worker];
        if (buffer is null || buffer.Length < datum.FloatCount)
        {
            buffer = new float[datum.FloatCount];
        }

        datum.CopyFloats(buffer);
        target.Transform(shape, buffer.AsSpan(0, datum.FloatCount), datum.Label);
    }

    private protected override string NameOf(long item) => records!.NameOf(item);

    // Caffe's default is LEVELDB; where the net does not say which, the files tell.
    private RecordDatabase OpenDatabase(string path)
    {
        try
        {
            return !parameter.HasBackend ? RecordDatabase.Open(path) : RecordDatabase.Open(
                path, parameter.Backend == DataParameter.Types.DB.Lmdb ? RecordFormat.Lmdb : RecordFormat.LevelDb);
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Context.Error(parameter, DataParameter.SourceFieldNumber, first.Message, first.Hint);
        }
    }

    private DatumView Parse(long record, int worker) =>
        DatumView.TryParse(records!.Value(record, buffers[worker]), out DatumView datum)
            ? datum
            : throw new CnnException("it is no Datum message");
}
