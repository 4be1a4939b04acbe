using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>
/// What it takes to make a layer again and again outside its net: the definition, and copies of the shapes and values
/// of its bottoms and parameters.
/// </summary>
internal sealed class LayerRecipe
{
    private readonly NetLayer source;
    private readonly NetOptions options;
    private readonly Shape[] bottoms;
    private readonly Shape[] parameters;

    /// <param name="source">The layer in its net, before it runs forward.</param>
    /// <param name="options">How the net was built.</param>
    public LayerRecipe(NetLayer source, NetOptions options)
    {
        (this.source, this.options) = (source, options);
        bottoms = [.. source.Bottoms.Select(Copy)];
        parameters = [.. source.Layer.Blobs.Select(Copy)];
        long values = source.Bottoms.Concat(source.Tops).Concat(source.Parameters).Sum(b => (long)b.Count);
        Work = 1000 + source.Cost.MultiplyAdds + (8 * values);
    }

    /// <summary>The bottoms' shapes.</summary>
    public int[][] BottomShapes => [.. bottoms.Select(b => b.Dims)];

    /// <summary>The layer in the net; for what it says of itself, not to be run.</summary>
    public Layer Original => source.Layer;

    /// <summary>The number of bottoms.</summary>
    public int BottomCount => bottoms.Length;

    /// <summary>The names of the bottoms.</summary>
    public IReadOnlyList<string> BottomNames => source.BottomNames;

    /// <summary>The names of the tops.</summary>
    public IReadOnlyList<string> TopNames => source.TopNames;

    /// <summary>About how many multiply-adds a forward pass takes; reading and writing values counts too.</summary>
    public long Work { get; }

    /// <summary>Makes the layer, reshaped and filled, with values in its bottoms.</summary>
    /// <param name="threads">The number of its threads.</param>
    /// <param name="shapes">
    /// The bottoms' shapes; null for those of the net. Other shapes take the values in their order, over and over.
    /// </param>
    /// <param name="inPlace">The number of tops that are bottoms.</param>
    /// <exception cref="CnnException">The layer refuses the shapes.</exception>
    public LayerRun Make(int threads = 1, int[][]? shapes = null, int inPlace = 0)
    {
        SourceMap sources = source.Layer.Context.Sources;
        LayerParameter definition = source.Definition.Clone();
        sources.Carry(source.Definition, definition);
        var pool = new WorkerPool(threads);
        var clock = new PassClock();
        Layer? layer = null;
        try
        {
            layer = options.Layers.Create(new LayerContext
            {
                Parameter = definition,
                Pool = pool,
                Random = new RandomStreams(options.Seed),
                Clock = clock,
                Fillers = options.Fillers,
                Sources = sources,
                Files = source.Layer.Context.Files,
                MadeUp = options.MadeUp,
            });
            var run = new LayerRun(layer, pool, clock, source, inPlace);
            for (int i = 0; i < bottoms.Length; i++)
            {
                run.BottomList[i].Reshape(shapes is null ? bottoms[i].Dims : shapes[i]);
                Fill(run, i);
            }

            layer.SetUp(run.BottomList, run.TopList);
            layer.Reshape(run.BottomList, run.TopList);
            CopyParameters(layer);
            run.KeepState();
            return run;
        }
        catch
        {
            layer?.Dispose();
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Fills a bottom of a run with its values, over and over where it is larger.</summary>
    public void Fill(LayerRun run, int bottom)
    {
        Span<float> to = run.BottomList[bottom].Data;
        float[] from = bottoms[bottom].Values;
        for (int i = 0; i < to.Length && from.Length > 0; i += from.Length)
        {
            int count = Math.Min(from.Length, to.Length - i);
            from.AsSpan(0, count).CopyTo(to[i..]);
        }
    }

    private void CopyParameters(Layer layer)
    {
        for (int i = 0; i < layer.Blobs.Count; i++)
        {
            layer.SetNeedsGradient(i, !GradientScope.IsFrozen(layer, i));
            if (i < parameters.Length && layer.Blobs[i].Shape.SequenceEqual(parameters[i].Dims))
            {
                parameters[i].Values.CopyTo(layer.Blobs[i].Data);
                layer.Blobs[i].IsFilled = true;
            }
        }

        layer.FillParameters();
        layer.ParametersChanged();
    }

    private static Shape Copy(Blob blob) => new(blob.Shape.ToArray(), blob.Data.ToArray());

    private sealed record Shape(int[] Dims, float[] Values);
}
