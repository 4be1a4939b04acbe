using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Data</c>: images and labels from a database of Datum records, in key order, starting again after the last.
/// Tops: images [N, C, H, W] and, if named, labels [N]. Which records a batch holds is a function of the pass alone:
/// record (pass * N + i) mod count, so a resumed run goes on where it stopped.
/// </summary>
[LayerType("Data")]
internal sealed unsafe class DataLayer : Layer, IDisposable
{
    private readonly DataTransformer transformer;
    private readonly DataParameter parameter;
    private LmdbReader? records;
    private int batch;
    private ImageShape image;

    // Per worker, for records of floats.
    private float[][] floats = [];

    /// <summary>Makes the layer.</summary>
    public DataLayer(LayerContext context)
        : base(context)
    {
        parameter = Parameter.DataParam ?? new DataParameter();
        transformer = new DataTransformer(context);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        batch = BatchSize.Check(Context, parameter, DataParameter.BatchSizeFieldNumber, parameter.BatchSize);
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter, DataParameter.SourceFieldNumber, "source is missing in data_param", "name the database");
        }

        if (parameter.Backend != DataParameter.Types.DB.Lmdb)
        {
            throw Context.Error(
                parameter,
                DataParameter.BackendFieldNumber,
                "databases of the LEVELDB backend cannot be read yet",
                parameter.HasBackend
                    ? "convert the data to LMDB and say backend: LMDB"
                    : "LEVELDB is the default: say backend: LMDB if that is what it is");
        }

        try
        {
            records = LmdbReader.Open(Context.Files.Find(parameter.Source));
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Context.Error(parameter, DataParameter.SourceFieldNumber, first.Message, first.Hint);
        }

        if (records.Count == 0)
        {
            throw Context.Error(parameter, DataParameter.SourceFieldNumber, $"'{parameter.Source}' holds no records");
        }

        floats = new float[Context.Pool.ThreadCount][];
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long record = Record(0);
        DatumView datum = Parse(record);
        image = new ImageShape(datum.Channels, datum.Height, datum.Width);
        CheckSize(datum, record);
        ImageShape top = transformer.Prepare(image);
        tops[0].Reshape(batch, top.Channels, top.Height, top.Width);
        if (tops.Count > 1)
        {
            tops[1].Reshape(batch);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var load = new Load
        {
            Layer = this,
            Images = tops[0].DataPointer,
            Stride = tops[0].CountOf(1),
            Labels = tops.Count > 1 ? tops[1].DataPointer : null,
        };
        Context.Pool.Run(batch, ref load);
    }

    /// <summary>Closes the database.</summary>
    public void Dispose() => records?.Dispose();

    private long Record(int item) => ((Context.Clock.Pass * batch) + item) % records!.Count;

    private DatumView Parse(long record)
    {
        if (!DatumView.TryParse(records!.Value(record), out DatumView datum))
        {
            throw Bad(record, "is no Datum message");
        }

        if (datum.IsEncoded)
        {
            throw Bad(record, "is an encoded image file; only raw pixels can be read yet", "write the database without --encoded");
        }

        return datum;
    }

    private void CheckSize(in DatumView datum, long record)
    {
        if (datum.Channels <= 0 || datum.Height <= 0 || datum.Width <= 0)
        {
            throw Bad(record, $"has the impossible size {datum.Channels} x {datum.Height} x {datum.Width}");
        }

        long size = (long)datum.Channels * datum.Height;
        int values = datum.Pixels.IsEmpty ? datum.FloatCount : datum.Pixels.Length;
        if (size > int.MaxValue || size * datum.Width != values)
        {
            throw Bad(record, $"is {datum.Channels} x {datum.Height} x {datum.Width} but has {values} values");
        }
    }

    private CnnException Bad(long record, string what, string? hint = null) => Context.Error(
        parameter, DataParameter.SourceFieldNumber, $"record {record} of '{records!.Path}' {what}", hint);

    private void LoadItem(int item, int worker, float* target, float* label)
    {
        long record = Record(item);
        DatumView datum = Parse(record);
        if (datum.Channels != image.Channels || datum.Height != image.Height || datum.Width != image.Width)
        {
            throw Bad(
                record,
                $"is {datum.Channels} x {datum.Height} x {datum.Width}, the first of its batch is {image}",
                "images of different sizes need batch_size 1");
        }

        CheckSize(datum, record);
        if (label != null)
        {
            *label = datum.Label;
        }

        long index = (Context.Clock.Pass * batch) + item;
        if (!datum.Pixels.IsEmpty)
        {
            transformer.Transform(datum.Pixels, index, target);
            return;
        }

        ref float[] buffer = ref floats[worker];
        if (buffer is null || buffer.Length < datum.FloatCount)
        {
            buffer = new float[datum.FloatCount];
        }

        datum.CopyFloats(buffer);
        transformer.Transform(buffer.AsSpan(0, datum.FloatCount), index, target);
    }

    private struct Load : IParts
    {
        public DataLayer Layer;
        public float* Images;
        public float* Labels;
        public int Stride;

        public readonly void Run(int part, int worker) => Layer.LoadItem(
            part, worker, Images + ((long)part * Stride), Labels == null ? null : Labels + part);
    }
}
