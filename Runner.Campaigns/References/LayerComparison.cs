using Cnn.Campaigns.Running;
using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.References;

/// <summary>Runs one drawn layer in a net of its own and compares it with its reference.</summary>
internal sealed class LayerComparison : IDisposable
{
    /// <summary>
    /// The largest error of a top, relative to 1, the value, or the sum of the magnitudes that it is the sum of, whichever is largest.
    /// </summary>
    public const double Tolerance = 1e-5;

    private const float AlreadyThere = 0.5f;

    private readonly CampaignCase campaignCase;
    private readonly PhiloxRandom random;
    private readonly IReferenceLayer reference;
    private readonly ReferenceCase drawn;
    private readonly LayerParameter definition;
    private readonly bool isTraining;
    private readonly bool isInference;
    private readonly WorkerPool pool;
    private readonly SortedDictionary<string, double[]> state = new(StringComparer.Ordinal);
    private Net? net;

    /// <param name="type">The layer type.</param>
    /// <param name="reference">Its reference, which draws the case.</param>
    /// <param name="campaignCase">Draws the rest.</param>
    /// <param name="pool">The threads that the net computes with.</param>
    public LayerComparison(string type, IReferenceLayer reference, CampaignCase campaignCase, WorkerPool pool)
    {
        (this.reference, this.campaignCase, this.pool, random) = (reference, campaignCase, pool, campaignCase.Random);
        drawn = ((IReferenceCases)reference).Draw(random, type);
        isTraining = random.Chance(0.5);
        isInference = !isTraining && random.Chance(0.25);
        definition = drawn.Layer.Clone();
        definition.Name = "layer";
        definition.Bottom.Add(drawn.Bottoms.Select((_, i) => $"bottom{i}"));
        definition.Top.Add(Enumerable.Range(0, drawn.Tops).Select(i => i == 0 && drawn.InPlace ? "bottom0" : $"top{i}"));
    }

    /// <summary>The case in one line.</summary>
    public string Description =>
        $"{(isTraining ? "TRAIN" : isInference ? "TEST for inference" : "TEST")}, {drawn.Passes} passes, {pool.ThreadCount} threads, "
        + $"bottoms {string.Join(' ', drawn.Bottoms.Select(Text))}, layer {drawn.Layer}";

    private NetLayer Layer => net!.FindLayer("layer");

    /// <summary>Runs the passes and compares them.</summary>
    /// <exception cref="ReferenceMismatchException">The product differs from the reference.</exception>
    public void Run()
    {
        net = BuildNet();
        for (int i = 0; i < Layer.Parameters.Count; i++)
        {
            Blob blob = Layer.Parameters[i];
            Draw(drawn.FillParameter(i), blob.Count).CopyTo(blob.Data);
        }

        ReferenceCall? last = null;
        for (int pass = 0; pass < drawn.Passes; pass++)
        {
            last = Forward(pass);
        }

        if (drawn.HasGradient && !isInference)
        {
            Backward(last!);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => net?.Dispose();

    private static string Text(ReferenceBottom bottom) =>
        ReferenceBlob.TextOf(bottom.Shape) + (bottom.LaterShape is { } later ? $" then {ReferenceBlob.TextOf(later)}" : "");

    private static ReferenceBlob[] Values(IEnumerable<Blob> blobs) => [.. blobs.Select(b => ReferenceBlob.Of(b.Shape, b.Data))];

    private Net BuildNet()
    {
        var message = new NetParameter { Name = "reference", ForceBackward = drawn.HasGradient && !isInference };
        if (drawn.Bottoms.Count > 0)
        {
            var input = new LayerParameter { Name = "input", Type = "Input", InputParam = new InputParameter() };
            input.Top.Add(definition.Bottom);
            input.InputParam.Shape.Add(drawn.Bottoms.Select(b => new BlobShape { Dim = { b.Shape.Select(d => (long)d) } }));
            message.Layer.Add(input);
        }

        message.Layer.Add(definition.Clone());
        return Net.Build(
            new NetDefinition(message),
            new NetOptions { Phase = isTraining ? Phase.Train : Phase.Test, Pool = pool, Inference = isInference });
    }

    private ReferenceCall Forward(int pass)
    {
        float[][] inputs = [.. drawn.Bottoms.Select(b => Draw(b.Fill, b.ShapeAt(pass).Aggregate(1, (n, d) => n * d)))];
        for (int i = 0; i < inputs.Length; i++)
        {
            net!.SetInput($"bottom{i}", inputs[i], drawn.Bottoms[i].ShapeAt(pass));
        }

        ReferenceBlob[] parameters = Values(Layer.Parameters);
        net!.Forward();
        ReferenceBlob[] tops = Values(Layer.Tops);
        var call = new ReferenceCall
        {
            Layer = definition,
            IsTraining = definition.HasPhase ? definition.Phase == Phase.Train : isTraining,
            Bottoms = [.. inputs.Select((values, i) => ReferenceBlob.Of(drawn.Bottoms[i].ShapeAt(pass), values))],
            Parameters = parameters,
            Tops = [.. tops.Select(t => new ReferenceBlob(t.Shape))],
            Magnitudes = [.. tops.Select(t => new ReferenceBlob(t.Shape))],
            State = state,
        };
        (reference as IReferenceObserver)?.Observe(call, tops);
        ReferenceCall before = ReferenceCalls.Copy(call);
        reference.Forward(call);
        for (int i = 0; i < tops.Length; i++)
        {
            Compare($"pass {pass}, top {i}", tops[i], call.Tops[i], call.Magnitudes[i]);
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            Blob blob = Layer.Parameters[i];
            Compare($"pass {pass}, parameter {i}", ReferenceBlob.Of(blob.Shape, blob.Data), call.Parameters[i], null);
        }

        return before;
    }

    private void Compare(string what, ReferenceBlob product, ReferenceBlob expected, ReferenceBlob? magnitudes)
    {
        for (int i = 0; i < product.Count; i++)
        {
            double a = product.Data[i], b = expected.Data[i];
            double allowed = Tolerance * Math.Max(1, Math.Max(Math.Abs(b), magnitudes?.Data[i] ?? 0));
            if (!a.Equals(b) && !(Math.Abs(a - b) <= allowed))
            {
                throw new ReferenceMismatchException(
                    $"{definition.Type}: {what} {product.ShapeText} is {a:R} at {i}, the reference gives {b:R} (allowed {allowed:G2})");
            }
        }

        campaignCase.Count("values", product.Count);
    }

    private void Backward(ReferenceCall call)
    {
        // What the diffs hold before must not matter: bottoms' are overwritten, parameters' are added to.
        for (int i = drawn.InPlace ? 1 : 0; i < Layer.Bottoms.Count; i++)
        {
            Layer.Bottoms[i].Diff.Fill(float.NaN);
        }

        foreach (Blob blob in Layer.Parameters)
        {
            blob.Diff.Fill(AlreadyThere);
        }

        // Only now, since a top may share its diff with a bottom.
        var diffs = new List<ReferenceBlob>();
        for (int i = 0; i < Layer.Tops.Count; i++)
        {
            Blob top = Layer.Tops[i];
            float[] diff = Draw(Fillings.Uniform(-1.5f, 1.5f), top.Count);
            diff.CopyTo(top.Diff);
            diffs.Add(i < drawn.GradientTops ? ReferenceBlob.Of(top.Shape, diff) : new ReferenceBlob(top.Shape.ToArray()));
        }

        net!.Backward();
        var gradients = new GradientComparison(reference, call, diffs, drawn.Work, campaignCase);
        for (int i = 0; i < Layer.Bottoms.Count; i++)
        {
            ReferenceBlob diff = ReferenceBlob.Of(Layer.Bottoms[i].Shape, Layer.Bottoms[i].Diff);
            if (drawn.Bottoms[i].IsCutOff)
            {
                Compare($"the gradient of bottom {i}, through which none flows,", diff, new ReferenceBlob(diff.Shape), null);
            }
            else if (drawn.Bottoms[i].HasGradient)
            {
                gradients.CompareBottom(i, diff);
            }
        }

        float offset = drawn.AddsToParameterDiffs ? AlreadyThere : 0;
        for (int i = 0; i < Layer.Parameters.Count; i++)
        {
            if (drawn.HasParameterGradient(i))
            {
                Blob blob = Layer.Parameters[i];
                ReferenceBlob diff = ReferenceBlob.Of(blob.Shape, blob.Diff);
                Array.ForEach(Enumerable.Range(0, diff.Count).ToArray(), j => diff.Data[j] -= offset);
                gradients.CompareParameter(i, diff);
            }
        }
    }

    private float[] Draw(Filling fill, int count)
    {
        var values = new float[count];
        fill(random, values);
        return values;
    }
}
