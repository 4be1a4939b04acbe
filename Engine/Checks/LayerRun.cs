using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;

namespace Cnn.Engine.Checks;

/// <summary>One layer outside its net, with blobs and threads of its own.</summary>
internal sealed class LayerRun : IDisposable
{
    /// <summary>What the tops hold before a pass, so that values which it does not write are seen: a NaN.</summary>
    public static readonly float Unwritten = BitConverter.Int32BitsToSingle(0x7FC0DEAD);

    private readonly WorkerPool pool;
    private readonly PassClock clock;
    private readonly List<(Blob Blob, float[] Values)> kept = [];
    private readonly List<(Blob Blob, float[] Values)> learned = [];
    private readonly bool[] propagateDown;

    /// <param name="layer">The layer; the run owns it.</param>
    /// <param name="pool">Its threads; the run owns them.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="source">The layer of the net that it is like.</param>
    /// <param name="inPlace">The number of tops that are bottoms.</param>
    public LayerRun(Layer layer, WorkerPool pool, PassClock clock, NetLayer source, int inPlace)
    {
        (Layer, this.pool, this.clock) = (layer, pool, clock);
        BottomList = [.. source.Bottoms.Select(_ => new Blob())];
        TopList = [.. source.Tops.Select((_, i) => i < inPlace ? BottomList[i] : new Blob())];
        propagateDown = new bool[BottomList.Length];
    }

    /// <summary>The layer.</summary>
    public Layer Layer { get; }

    /// <summary>Its bottoms.</summary>
    public Blob[] BottomList { get; }

    /// <summary>Its tops.</summary>
    public Blob[] TopList { get; }

    /// <summary>The number of tops that count: of a loss, the first alone.</summary>
    public int CountedTops => Layer.IsLoss || Layer.AddsMissingTops ? Math.Min(1, TopList.Length) : TopList.Length;

    /// <summary>Remembers state and parameters, which every pass begins with.</summary>
    public void KeepState()
    {
        kept.AddRange(Layer.State.Select(blob => (blob, blob.Data.ToArray())));
        for (int i = 0; i < Layer.Blobs.Count; i++)
        {
            (Layer.NeedsGradient(i) ? learned : kept).Add((Layer.Blobs[i], Layer.Blobs[i].Data.ToArray()));
        }
    }

    /// <summary>Sets state and frozen parameters to what they were; state of another size to 0.</summary>
    public void Restore()
    {
        foreach (var (blob, values) in kept)
        {
            Span<float> data = blob.Data;
            if (data.Length == values.Length)
            {
                values.CopyTo(data);
            }
            else
            {
                data.Clear();
            }
        }
    }

    /// <summary>Runs forward from the state and the parameters that were kept.</summary>
    public void Forward()
    {
        Layer.Reshape(BottomList, TopList);
        Restore();
        foreach (var (blob, values) in learned)
        {
            values.CopyTo(blob.Data);
        }

        foreach (Blob top in TopList)
        {
            // What a source gives may be written once, and be its parameter.
            if (BottomList.Length > 0 && !IsOrSharesBottom(top))
            {
                top.Data.Fill(Unwritten);
            }
        }

        Layer.Forward(BottomList, TopList);
    }

    /// <summary>Runs backward from random diffs of the tops; bottoms' diffs begin as NaN, parameters' as 0.</summary>
    /// <param name="bottoms">The bottoms whose gradient is asked for.</param>
    public void Backward(IReadOnlyList<int> bottoms)
    {
        foreach (Blob bottom in BottomList)
        {
            bottom.Diff.Fill(float.NaN);
        }

        foreach (Blob blob in Layer.Blobs)
        {
            blob.Diff.Clear();
        }

        for (int i = 0; i < TopList.Length; i++)
        {
            if (i < CountedTops)
            {
                GradientCheck.Weights(TopList[i], i).CopyTo(TopList[i].Diff);
            }
            else
            {
                TopList[i].Diff.Clear();
            }
        }

        Propagate(bottoms);
    }

    /// <summary>Runs backward from the diffs that are there.</summary>
    public void Propagate(IReadOnlyList<int> bottoms)
    {
        Array.Clear(propagateDown);
        for (int i = 0; i < bottoms.Count; i++)
        {
            propagateDown[bottoms[i]] = true;
        }

        Layer.Backward(TopList, propagateDown, BottomList);
    }

    /// <summary>Makes the next pass another one.</summary>
    public void NextPass() => clock.Pass++;

    /// <summary>Whether a top has the memory of a bottom.</summary>
    public bool IsOrSharesBottom(Blob top) => BottomList.Any(b => b == top || b.SharesDataWith(top));

    /// <inheritdoc/>
    public void Dispose()
    {
        Layer.Dispose();
        pool.Dispose();
    }
}
