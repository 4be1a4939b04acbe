using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Recurrent;

/// <summary>
/// What LSTM and RNN have in common: at each step <c>sums = W_x x_t + b + W_static x_static + W_h (cont_t h_{t-1})</c>; the hidden state
/// comes from bottoms and goes to tops (<c>expose_hidden</c>), or stays for the next pass.
/// </summary>
internal abstract class RecurrentReference : IReferenceLayer, IReferenceCases
{
    /// <summary>The blobs that go from step to step; h is the first.</summary>
    protected abstract int HiddenBlobs { get; }

    /// <summary>The sums of each output.</summary>
    protected abstract int Gates { get; }

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        RecurrentParameter options = call.Layer.RecurrentParam;
        ReferenceBlob x = call.Bottoms[0];
        int steps = x.Shape[0], streams = x.Shape[1], size = (int)options.NumOutput;
        ReferenceBlob y = call.Top(0, steps, streams, size);
        for (int n = 0; n < streams; n++)
        {
            double[][] hidden = [.. Enumerable.Range(0, HiddenBlobs).Select(k => Initial(call, k, n))];
            for (int t = 0; t < steps; t++)
            {
                double cont = call.Bottoms[1].Data[(t * streams) + n];
                double[] sums = [.. Enumerable.Range(0, Gates * size).Select(row => Sum(call, row, t, n, cont, hidden[0]))];
                double[] output = Step(call, cont, sums, hidden);
                output.CopyTo(y.Data, ((t * streams) + n) * size);
            }

            for (int k = 0; k < HiddenBlobs; k++)
            {
                double[] to = options.ExposeHidden ? call.Top(1 + k, 1, streams, size).Data : Kept(call, k);
                hidden[k].CopyTo(to, n * size);
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int size = random.Chance(0.1) ? random.Between(12, 40) : random.Between(1, 6);
        var options = new RecurrentParameter { NumOutput = (uint)size };
        random.Maybe(() => options.WeightFiller = new FillerParameter { Type = "xavier" });
        random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 1 });
        random.Maybe(() => options.ExposeHidden = random.Chance(0.7));
        if (random.Chance(0.2))
        {
            options.DebugInfo = false;
        }

        int steps = random.Between(1, 6), streams = random.Between(1, 5);
        int? laterStreams = random.Chance(0.3) ? random.Between(1, 5) : null;
        bool isFractional = random.Chance(0.1);
        int[] rest = random.Shape(random.Between(1, 2), 1, 4);
        var bottoms = new List<ReferenceBottom>
        {
            Bottom(n => [steps, n, .. rest]),
            Bottom(n => [steps, n]) with
            {
                HasGradient = false,
                Fill = isFractional ? Fillings.Uniform(0, 1) : Fillings.Flags(0.7),
            },
        };
        if (random.Chance(0.4))
        {
            int[] given = random.Shape(random.Between(1, 2), 1, 3);
            bottoms.Add(Bottom(n => [n, .. given]));
        }

        for (int k = 0; k < HiddenBlobs && options.ExposeHidden; k++)
        {
            bottoms.Add(Bottom(n => [1, n, size]) with { IsCutOff = true });
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, RecurrentParam = options },
            Bottoms = bottoms,
            Tops = options.ExposeHidden ? 1 + HiddenBlobs : 1,
            GradientTops = 1,
            HasGradient = !isFractional,
            Passes = random.Between(1, 3),
            Work = (long)steps * streams * Gates * size * (size + rest.Aggregate(1, (n, d) => n * d)),
        };

        ReferenceBottom Bottom(Func<int, int[]> shape) => new(shape(streams), Fillings.Uniform(-1.5f, 1.5f))
        {
            LaterShape = laterStreams is { } later ? shape(later) : null,
        };
    }

    /// <summary>Computes the new hidden state and the output of one stream at one step.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cont">The step's marker.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="hidden">The hidden state, which is changed.</param>
    protected abstract double[] Step(ReferenceCall call, double cont, double[] sums, double[][] hidden);

    /// <summary>Returns the number of the recurrent weights among the parameters.</summary>
    protected int RecurrentWeights(ReferenceCall call) => HasStatic(call) ? 3 : 2;

    private bool HasStatic(ReferenceCall call) =>
        call.Bottoms.Count > (call.Layer.RecurrentParam.ExposeHidden ? 2 + HiddenBlobs : 2);

    private double[] Initial(ReferenceCall call, int k, int n)
    {
        int size = (int)call.Layer.RecurrentParam.NumOutput;
        if (call.Layer.RecurrentParam.ExposeHidden)
        {
            return call.Bottoms[(HasStatic(call) ? 3 : 2) + k].Data[(n * size)..((n + 1) * size)];
        }

        double[] kept = Kept(call, k);
        return kept[(n * size)..((n + 1) * size)];
    }

    // The state of the pass before, for as many streams as there are now.
    private static double[] Kept(ReferenceCall call, int k)
    {
        int count = call.Bottoms[0].Shape[1] * (int)call.Layer.RecurrentParam.NumOutput;
        double[] kept = call.State.TryGetValue($"hidden {k}", out double[]? before) ? before : [];
        if (kept.Length != count)
        {
            Array.Resize(ref kept, count);
            call.State[$"hidden {k}"] = kept;
        }

        return kept;
    }

    private double Sum(ReferenceCall call, int row, int t, int n, double cont, double[] h)
    {
        ReferenceBlob x = call.Bottoms[0];
        int rows = Gates * h.Length, inputs = x.CountOf(2);
        double sum = call.Parameter(1, rows).Data[row];
        ReferenceBlob fromInput = call.Parameter(0, rows, inputs);
        for (int i = 0; i < inputs; i++)
        {
            sum += fromInput.Data[(row * inputs) + i] * x.Data[(((t * x.Shape[1]) + n) * inputs) + i];
        }

        if (HasStatic(call))
        {
            int given = call.Bottoms[2].CountOf(1);
            ReferenceBlob fromStatic = call.Parameter(2, rows, given);
            for (int i = 0; i < given; i++)
            {
                sum += fromStatic.Data[(row * given) + i] * call.Bottoms[2].Data[(n * given) + i];
            }
        }

        ReferenceBlob fromHidden = call.Parameter(RecurrentWeights(call), rows, h.Length);
        for (int i = 0; i < h.Length; i++)
        {
            sum += fromHidden.Data[(row * h.Length) + i] * cont * h[i];
        }

        return sum;
    }
}
