using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Records;

namespace Cnn.Layers.Data;

/// <summary>
/// The base of the layers that read the records of the database that <c>data_param</c> names, LMDB or LevelDB, starting
/// again after the last. Records come in the order of their keys, or with <c>shuffle</c> in an order that is a function
/// of the seed and the epoch.
/// </summary>
internal abstract class DatabaseSourceLayer : ImageSourceLayer
{
    private readonly DataParameter parameter;
    private RecordDatabase? records;
    private RecordBuffer[] buffers = [];

    // One buffer per worker, for records of floats.
    private float[][] floats = [];

    /// <summary>Reads <c>data_param</c>.</summary>
    private protected DatabaseSourceLayer(LayerContext context)
        : this(context, context.Parameter.DataParam ?? new DataParameter())
    {
    }

    /// <summary>Reads a <c>data_param</c>.</summary>
    /// <param name="context">The definition and the services of the net.</param>
    /// <param name="parameter">It, or what stands for it.</param>
    /// <param name="batchSize">Images in a batch; null for those that it says.</param>
    private protected DatabaseSourceLayer(LayerContext context, DataParameter parameter, uint? batchSize = null)
        : base(context, new SourceOptions(
            parameter,
            DataParameter.SourceFieldNumber,
            DataParameter.BatchSizeFieldNumber,
            batchSize ?? parameter.BatchSize,
            parameter.Prefetch,
            parameter.SkipBadRecords)) =>
        this.parameter = parameter;

    private protected override long Count => records!.Count;

    private protected override bool IsShuffled => parameter.Shuffle;

    /// <summary>What the layer's own parameters tell of the images' shape; 0 where they tell nothing.</summary>
    private protected virtual ImageShape Told => default;

    /// <summary>What image files in records are decoded to.</summary>
    private protected virtual ImageColor Color => Transformer.StoredColor;

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter, DataParameter.SourceFieldNumber, "source is missing in data_param", "name the database");
        }

        if (MakesUpFor(parameter.Source, Told))
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
    }

    private protected override void Close() => records?.Dispose();

    private protected override string NameOf(long item) => records!.NameOf(item);

    /// <summary>Returns a record; valid until the worker reads another.</summary>
    private protected ReadOnlySpan<byte> Record(long record, int worker) =>
        records!.Value(record, buffers[worker]);

    /// <summary>Returns the shape of a datum's image before the transformation.</summary>
    /// <exception cref="CnnException">It is damaged.</exception>
    private protected ImageShape ShapeOf(DatumView datum) =>
        datum.IsEncoded ? ImageReader.ShapeOf(datum.Pixels, Color) : datum.RequireShape();

    /// <summary>Decodes a datum's image file; the result is valid until the worker decodes another.</summary>
    /// <exception cref="CnnException">It is no image file, or a damaged one.</exception>
    private protected PlanarImage Decode(DatumView datum, int worker) => ReaderOf(worker).Decode(datum.Pixels, Color);

    /// <summary>Returns a datum's <c>float_data</c>; valid until the worker asks for another's.</summary>
    private protected ReadOnlySpan<float> FloatsOf(DatumView datum, int worker)
    {
        ref float[] buffer = ref floats[worker];
        if (buffer is null || buffer.Length < datum.FloatCount)
        {
            buffer = new float[datum.FloatCount];
        }

        datum.CopyFloats(buffer);
        return buffer.AsSpan(0, datum.FloatCount);
    }

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
            throw Context.Error(parameter, DataParameter.SourceFieldNumber, exception);
        }
    }
}
