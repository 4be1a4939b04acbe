using Cnn.Layers;

namespace Cnn.Tests.Layers.Recurrent;

public class RecurrentLayerTests
{
    private static readonly float[] Markers = [0, 1, 1, 0.5f, 1, 0, 1, 1, 1, -2];

    public static TheoryData<string, int, int, int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<string, int, int, int, int, int>();
            foreach (string type in (string[])["LSTM", "RNN"])
            {
                data.Add(type, 3, 2, 4, 3, 0);
                data.Add(type, 1, 1, 1, 1, 0);
                data.Add(type, 5, 1, 3, 17, 2);
                data.Add(type, 2, 5, 6, 16, 0);
                data.Add(type, 4, 3, 2, 21, 5);
            }

            return data;
        }
    }

    // The last sizes make the GEMMs span several blocks in K and several parts, and split the rows.
    public static TheoryData<string, int, int, int, int, int> LargeSizes
    {
        get
        {
            TheoryData<string, int, int, int, int, int> data = Sizes;
            data.Add("LSTM", 3, 33, 20, 130, 9);
            data.Add("LSTM", 2, 3, 5, 401, 0);
            data.Add("RNN", 3, 7, 5, 401, 3);
            data.Add("RNN", 2, 2, 3, 2065, 0);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LargeSizes))]
    [Trait("Category", "Kernel")]
    public void OutputsAndKeptStateAreThoseOfTheFormula(
        string type, int steps, int streams, int inputs, int size, int fixedInputs)
    {
        using LayerHarness harness = Make(type, steps, streams, inputs, size, fixedInputs);
        var reference = new RecurrentReference(harness, size);
        for (int batch = 0; batch < 3; batch++)
        {
            LayerHarness.Fill(harness.Bottoms[0].Data, (ulong)batch + 50);
            Mark(harness.Bottoms[1], batch, Markers);
            double[] expected = reference.Forward(fixedInputs > 0);
            harness.Forward();
            AssertClose(expected, harness.Top, $"batch {batch}");
        }

        var states = Enumerable.Range(0, streams).Select(reference.StateOf).ToList();
        AssertClose([.. states.SelectMany(s => s.Hidden)], harness.Layer.State[0].Data, "h");
        if (type == "LSTM")
        {
            AssertClose([.. states.SelectMany(s => s.Cell)], harness.Layer.State[1].Data, "c");
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    [Trait("Category", "Gradient")]
    [Trait("Category", "Kernel")]
    public void TheGradientIsThatOfTheFunction(
        string type, int steps, int streams, int inputs, int size, int fixedInputs)
    {
        using LayerHarness harness = Make(type, steps, streams, inputs, size, fixedInputs);
        Mark(harness.Bottoms[1], 0, [1, 1, 0, 1]);
        new GradientChecker
        {
            Bottoms = fixedInputs > 0 ? [0, 2] : [0],
            BeforeForward = h => FillState(h.Layer),
        }.Check(harness);
    }

    [Theory]
    [InlineData("LSTM", 2, false)]
    [InlineData("LSTM", 2, true)]
    [InlineData("RNN", 1, false)]
    [InlineData("RNN", 1, true)]
    [Trait("Category", "Gradient")]
    public void ExposedHiddenBlobsComeInGoOutAndHaveNoGradient(string type, int hidden, bool hasStatic)
    {
        int[][] fixedInput = hasStatic ? [[2, 5]] : [];
        int[][] bottoms = [[3, 2, 4], [3, 2], .. fixedInput, .. Enumerable.Repeat((int[])[1, 2, 6], hidden)];
        using LayerHarness exposed = Make(type, bottoms, 6, "expose_hidden: true", 1 + hidden);
        using LayerHarness kept = Make(type, bottoms[..^hidden], 6);
        int first = hasStatic ? 3 : 2;
        Assert.Empty(exposed.Layer.State);
        Mark(exposed.Bottoms[1], 0, [1, 0, 1]);
        exposed.Bottoms[1].Data.CopyTo(kept.Bottoms[1].Data);
        FillState(kept.Layer);
        for (int i = 0; i < hidden; i++)
        {
            kept.Layer.State[i].Data.CopyTo(exposed.Bottoms[first + i].Data);
        }

        exposed.Forward();
        kept.Forward();
        Assert.Equal(kept.Top, exposed.Top);
        for (int i = 0; i < hidden; i++)
        {
            Assert.Equal([1, 2, 6], exposed.Tops[1 + i].Shape.ToArray());
            Assert.Equal(kept.Layer.State[i].Data, exposed.Tops[1 + i].Data);
            exposed.Tops[1 + i].Diff.Fill(7);
            exposed.Bottoms[first + i].Diff.Fill(7);
        }

        LayerHarness.Fill(exposed.Tops[0].Diff, 3);
        exposed.Tops[0].Diff.CopyTo(kept.Tops[0].Diff);
        exposed.Backward([0, .. hasStatic ? (int[])[2] : [], .. Enumerable.Range(first, hidden)]);
        kept.Backward(hasStatic ? [0, 2] : [0]);
        Assert.Equal(kept.Bottoms[0].Diff, exposed.Bottoms[0].Diff);
        for (int i = 0; i < hidden; i++)
        {
            Assert.All(exposed.Bottoms[first + i].Diff.ToArray(), d => Assert.Equal(0, d));
        }

        for (int i = 0; i < kept.Layer.Blobs.Count; i++)
        {
            Assert.Equal(kept.Layer.Blobs[i].Diff, exposed.Layer.Blobs[i].Diff);
        }
    }

    [Theory]
    [InlineData("LSTM", 4, 0)]
    [InlineData("LSTM", 4, 5)]
    [InlineData("RNN", 1, 0)]
    [InlineData("RNN", 1, 5)]
    [Trait("Category", "Unit")]
    public void BlobsHaveCaffesOrderAndShapes(string type, int gates, int fixedInputs)
    {
        using LayerHarness harness = Make(type, 2, 3, 7, 6, fixedInputs);
        List<int[]> expected = [[gates * 6, 7], [gates * 6]];
        if (fixedInputs > 0)
        {
            expected.Add([gates * 6, fixedInputs]);
        }

        expected.Add([gates * 6, 6]);
        if (type == "RNN")
        {
            expected.AddRange([[6, 6], [6]]);
        }

        Assert.Equal(expected, harness.Layer.Blobs.Select(b => b.Shape.ToArray()));
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("RNN")]
    [Trait("Category", "Unit")]
    public void StreamsThatStayKeepTheirStateAndNewOnesStartAtZero(string type)
    {
        using LayerHarness harness = Make(type, 2, 3, 4, 5, 0);
        var reference = new RecurrentReference(harness, 5);
        foreach (int streams in (int[])[3, 2, 4, 0, 1, 6])
        {
            harness.Bottoms[0].Reshape(2, streams, 2, 2);
            harness.Bottoms[1].Reshape(2, streams);
            LayerHarness.Fill(harness.Bottoms[0].Data, (ulong)streams);
            harness.Bottoms[1].Data.Fill(1);
            double[] expected = reference.Forward(false);
            harness.Forward();
            AssertClose(expected, harness.Top, $"{streams} streams");
            LayerHarness.Fill(harness.Tops[0].Diff, 5);
            harness.Backward(0);
            for (int n = streams; n < 6; n++)
            {
                reference.Start(n, new double[5], new double[5]);
            }
        }
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("RNN")]
    [Trait("Category", "Unit")]
    public void ASequenceThatStartsForgetsEvenNaN(string type)
    {
        using LayerHarness harness = Make(type, 2, 2, 4, 5, 0);
        harness.Bottoms[1].Data.Clear();
        harness.Forward();
        float[] expected = harness.Top;
        foreach (Blob blob in harness.Layer.State)
        {
            blob.Data.Fill(float.NaN);
        }

        harness.Forward();
        Assert.Equal(expected, harness.Top);
        harness.Tops[0].Diff.Fill(1);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), d => Assert.True(float.IsFinite(d)));
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("RNN")]
    [Trait("Category", "Unit")]
    public void TheBitsDoNotDependOnTheThreads(string type)
    {
        float[][] results = [.. ((int[])[1, 2, 5]).Select(threads =>
        {
            using LayerHarness harness = Make(type, [[4, 40, 9], [4, 40], [40, 3]], 150, threads: threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 5);
            harness.Backward(0, 2);
            return (float[])
            [
                .. harness.Top, .. harness.Bottoms[0].Diff, .. harness.Bottoms[2].Diff,
                .. harness.Layer.Blobs.SelectMany(b => b.Diff.ToArray()),
            ];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("RNN")]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string type)
    {
        using LayerHarness harness = Make(type, [[4, 3, 9], [4, 3], [3, 3]], 15, threads: 1);
        harness.AssertAllocatesNothing(0, 2);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ALayerInPlaceOnTheOutputChangesNoGradient()
    {
        foreach (string type in (string[])["LSTM", "RNN"])
        {
            using LayerHarness harness = Make(type, 3, 2, 4, 5, 0);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 5);
            harness.Backward(0);
            float[] expected = harness.Bottoms[0].Diff.ToArray();
            harness.Tops[0].Data.Clear();
            harness.Backward(0);
            Assert.Equal(expected, harness.Bottoms[0].Diff);
        }
    }

    internal static LayerHarness Make(
        string type, int steps, int streams, int inputs, int size, int fixedInputs, string more = "") => Make(
        type,
        [inputs % 2 == 0 ? [steps, streams, 2, inputs / 2] : [steps, streams, inputs], [steps, streams],
            .. fixedInputs > 0 ? (int[][])[[streams, fixedInputs]] : []],
        size,
        more);

    private static LayerHarness Make(
        string type, int[][] bottoms, int size, string more = "", int tops = 1, int threads = 2) => new(
        $"type: '{type}' recurrent_param {{ num_output: {size} {more} "
        + "weight_filler { type: 'uniform' min: -0.3 max: 0.4 } "
        + "bias_filler { type: 'uniform' min: -0.5 max: 0.5 } }",
        bottoms,
        tops,
        threads: threads,
        prepare: h => Mark(h.Bottoms[1], 0, [0, 1, 1]));

    private static void Mark(Blob markers, int offset, float[] values)
    {
        for (int i = 0; i < markers.Count; i++)
        {
            markers.Data[i] = values[(i + offset) % values.Length];
        }
    }

    private static void FillState(Layer layer)
    {
        for (int i = 0; i < layer.State.Count; i++)
        {
            LayerHarness.Fill(layer.State[i].Data, (ulong)i + 70);
        }
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])),
                $"{what}: value {i} is {actual[i]}, expected {expected[i]}");
        }
    }
}
