using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers;

/// <summary>
/// One layer outside a net: the registry makes it from a piece of prototxt, and its bottoms of given shapes are filled
/// with values that are a function of the seed. The names of the blobs and of the layer are added.
/// </summary>
internal sealed class LayerHarness : IDisposable
{
    private readonly WorkerPool pool;
    private readonly bool[] propagateDown;

    /// <param name="definition">The definition, such as <c>type: "ReLU" relu_param { negative_slope: 0.1 }</c>.</param>
    /// <param name="bottoms">The bottoms' shapes.</param>
    /// <param name="tops">The number of tops.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="seed">The seed of the layer's random numbers and of the bottoms' values.</param>
    /// <param name="inPlace">Whether the first top is the first bottom.</param>
    /// <param name="madeUp">What the layer makes up where its data is not here.</param>
    /// <param name="prepare">Sets the bottoms' values before the layer sees them; default -1 to 1.</param>
    public LayerHarness(
        string definition, int[][] bottoms, int tops = 1, Phase phase = Phase.Train, int threads = 2, long seed = 1,
        bool inPlace = false, MadeUpData? madeUp = null, Action<LayerHarness>? prepare = null)
    {
        var sources = new SourceMap();
        var parameter = TextFormat.Parse<LayerParameter>(definition, "layer.prototxt", sources);
        (parameter.Name, parameter.Phase) = (parameter.HasName ? parameter.Name : "layer", phase);
        parameter.Bottom.Add(bottoms.Select((_, i) => $"bottom{i}"));
        parameter.Top.Add(Enumerable.Range(0, tops).Select(i => inPlace && i == 0 ? "bottom0" : $"top{i}"));
        Bottoms = [.. bottoms.Select(shape => new Blob(shape))];
        Tops = [.. Enumerable.Range(0, tops).Select(i => inPlace && i == 0 ? Bottoms[0] : new Blob())];
        propagateDown = [.. bottoms.Select(_ => true)];
        pool = new WorkerPool(threads);
        try
        {
            for (int i = 0; i < Bottoms.Count; i++)
            {
                Fill(Bottoms[i].Data, (ulong)((seed * 100) + i));
            }

            prepare?.Invoke(this);
            Layer = new LayerRegistry().Create(new LayerContext
            {
                Parameter = parameter, Pool = pool, Clock = Clock, Random = new RandomStreams(seed), Sources = sources,
                Warn = Warnings.Add, MadeUp = madeUp,
            });
            Assert.True(Layer.BottomCount.Allows(bottoms.Length), $"takes {Layer.BottomCount} bottoms");
            Assert.True(Layer.TopCount.Allows(tops), $"gives {Layer.TopCount} tops");
            Layer.SetUp(Bottoms, Tops);
            Layer.FillParameters();
            Layer.Reshape(Bottoms, Tops);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    public Layer Layer { get; }

    public PassClock Clock { get; } = new();

    /// <summary>The layer's warnings.</summary>
    public List<Diagnostic> Warnings { get; } = [];

    public List<Blob> Bottoms { get; }

    public List<Blob> Tops { get; }

    /// <summary>The first top's values.</summary>
    public float[] Top => Tops[0].Data.ToArray();

    /// <summary>Fills a span with values between two bounds, as a function of the seed.</summary>
    public static void Fill(Span<float> values, ulong seed, float low = -1, float high = 1)
    {
        var random = new PhiloxRandom(seed);
        foreach (ref float value in values)
        {
            value = low + ((high - low) * random.NextSingle());
        }
    }

    /// <summary>
    /// Fills a span with values in random order that are at least <paramref name="step"/> apart and at least half of
    /// it from 0, for functions with kinks where values are equal or 0.
    /// </summary>
    public static void FillApart(Span<float> values, ulong seed, float step = 0.1f)
    {
        var random = new PhiloxRandom(seed);
        for (int i = 0; i < values.Length; i++)
        {
            int j = random.Next(i + 1);
            values[i] = values[j];
            values[j] = (i - (values.Length / 2) + 0.5f) * step;
        }
    }

    /// <summary>Sets a bottom's values.</summary>
    public void Set(int bottom, params float[] values) => values.CopyTo(Bottoms[bottom].Data);

    /// <summary>Runs Reshape and Forward, as a net does.</summary>
    public void Forward()
    {
        Layer.Reshape(Bottoms, Tops);
        Layer.Forward(Bottoms, Tops);
    }

    /// <summary>Runs Backward for the given bottoms, or all.</summary>
    public void Backward(params ReadOnlySpan<int> bottoms)
    {
        for (int i = 0; i < propagateDown.Length; i++)
        {
            propagateDown[i] = bottoms.Length == 0 || bottoms.Contains(i);
        }

        Layer.Backward(Tops, propagateDown, Bottoms);
    }

    /// <summary>Runs Backward for the parameters alone.</summary>
    public void BackwardToParameters()
    {
        Array.Clear(propagateDown);
        Layer.Backward(Tops, propagateDown, Bottoms);
    }

    /// <summary>Fails if passes allocate once the layer has seen its shapes.</summary>
    public void AssertAllocatesNothing(params int[] bottoms)
    {
        Assert.Equal(0, Allocations.OnThisThread(Step));

        void Step()
        {
            Forward();
            Backward(bottoms);
        }
    }

    public void Dispose() => pool.Dispose();
}
