using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Data</c>: images and labels from a database of Datum records, in key order, starting again after the last.
/// Tops: images [N, C, H, W] and, if named, labels [N]. Which records a batch holds is a function of the pass alone:
/// record (pass * N + i) mod count, so a resumed run goes on where it stopped.
/// </summary>
[LayerType("Data")]
internal sealed class DataLayer : ImageSourceLayer
{
    private readonly DataParameter parameter;
    private LmdbReader? records;
    private ImageShape image;

    // One buffer per worker, for records of floats.
    private float[][] floats = [];

    /// <summary>Makes the layer.</summary>
    public DataLayer(LayerContext context)
        : this(context, context.Parameter.DataParam ?? new DataParameter())
    {
    }

    private DataLayer(LayerContext context, DataParameter parameter)
        : base(context, parameter, DataParameter.BatchSizeFieldNumber, parameter.BatchSize) =>
        this.parameter = parameter;

    private protected override long Count => records!.Count;

    /// <summary>Closes the database.</summary>
    public override void Dispose()
    {
        records?.Dispose();
        base.Dispose();
    }

    private protected override void Open(bool hasLabels)
    {
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

    private protected override ImageShape TopShape(long first)
    {
        DatumView datum = Parse(first);
        image = new ImageShape(datum.Channels, datum.Height, datum.Width);
        CheckSize(datum, first);
        return Plan(image);
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        DatumView datum = Parse(item);
        if (datum.Channels != image.Channels || datum.Height != image.Height || datum.Width != image.Width)
        {
            throw Bad(
                item,
                $"is {datum.Channels} x {datum.Height} x {datum.Width}, the first of its batch is {image}",
                "images of different sizes need batch_size 1");
        }

        CheckSize(datum, item);
        if (!datum.Pixels.IsEmpty)
        {
            target.Transform(datum.Pixels, datum.Label);
            return;
        }

        ref float[] buffer = ref floats[worker];
        if (buffer is null || buffer.Length < datum.FloatCount)
        {
            buffer = new float[datum.FloatCount];
        }

        datum.CopyFloats(buffer);
        target.Transform(buffer.AsSpan(0, datum.FloatCount), datum.Label);
    }

    private DatumView Parse(long record)
    {
        if (!DatumView.TryParse(records!.Value(record), out DatumView datum))
        {
            throw Bad(record, "is no Datum message");
        }

        if (datum.IsEncoded)
        {
            throw Bad(
                record,
                "is an encoded image file; only raw pixels can be read yet",
                "write the database without --encoded");
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
}
