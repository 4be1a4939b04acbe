using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// Fills tops of given shapes with fillers, again in every pass. <c>shape</c> is given once or once per top (or, in the
/// old form, num, channels, height and width); <c>data_filler</c> is not given (0), given once, or once per top.
/// </summary>
[LayerType("DummyData")]
internal sealed class DummyDataLayer(LayerContext context) : Layer(context)
{
    private readonly DummyDataParameter options = context.Parameter.DummyDataParam ?? new DummyDataParameter();
    private readonly List<(Filler Filler, PhiloxRandom Random, ulong Key)> fillers = [];
    private int[][] shapes = [];

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RequireCount(options.DataFiller.Count, 0, tops.Count, "data_filler", DummyDataParameter.DataFillerFieldNumber);
        shapes = Shapes(tops.Count);
        for (int i = 0; i < tops.Count; i++)
        {
            FillerParameter definition = options.DataFiller.Count switch
            {
                0 => new FillerParameter(),
                1 => options.DataFiller[0],
                _ => options.DataFiller[i],
            };
            try
            {
                Filler filler = Context.Fillers.Create(definition, Context.Files);
                filler.Parts = new PoolPartRunner(Context.Pool);
                ulong key = Context.Random.Key(Name, $"top {i}");
                fillers.Add((filler, new PhiloxRandom(key), key));
                tops[i].Reshape(shapes[i]);
                Fill(i, tops[i], 0);
            }
            catch (CnnException exception) when (exception.Diagnostics[0].Layer is null)
            {
                throw Context.Error(definition, 0, exception);
            }
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].Reshape(shapes[i]);
        }
    }

    /// <summary>
    /// Fills the tops, constant ones too: a layer that works in place may have changed them in the pass before.
    /// </summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            Fill(i, tops[i], Context.Clock.Pass);
        }
    }

    private void Fill(int i, Blob top, long pass)
    {
        var (filler, random, key) = fillers[i];
        random.Restart(key, (ulong)pass);
        if (top.Count > 0)
        {
            filler.Fill(top.Data, top.Shape, random);
        }
    }

    private int[][] Shapes(int tops)
    {
        bool isOld = options.Num.Count + options.Channels.Count + options.Height.Count + options.Width.Count > 0;
        if (!isOld)
        {
            RequireCount(options.Shape.Count, 1, tops, "shape", DummyDataParameter.ShapeFieldNumber);
            return [.. Enumerable.Range(0, tops).Select(i => ShapeFormat.Read(At(options.Shape, i), Context))];
        }

        if (options.Shape.Count > 0)
        {
            throw Context.Error(
                options,
                DummyDataParameter.ShapeFieldNumber,
                "shape and the old num, channels, height, width are given",
                "keep shape");
        }

        RequireCount(options.Num.Count, 1, tops, "num", DummyDataParameter.NumFieldNumber);
        RequireCount(options.Channels.Count, 1, tops, "channels", DummyDataParameter.ChannelsFieldNumber);
        RequireCount(options.Height.Count, 1, tops, "height", DummyDataParameter.HeightFieldNumber);
        RequireCount(options.Width.Count, 1, tops, "width", DummyDataParameter.WidthFieldNumber);
        return [.. Enumerable.Range(0, tops).Select(i => ShapeFormat.Read(
            new BlobShape
            {
                Dim = { At(options.Num, i), At(options.Channels, i), At(options.Height, i), At(options.Width, i) },
            },
            Context))];
    }

    private static T At<T>(IList<T> values, int i) => values[values.Count == 1 ? 0 : i];

    private void RequireCount(int given, int least, int tops, string what, int field)
    {
        if (given < least || (given > 1 && given != tops))
        {
            throw Context.Error(
                options, field, $"{what} is given {given} times for {tops} top(s)", "give it once or once per top");
        }
    }
}
