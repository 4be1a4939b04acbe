using System.Reflection;
using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Tests.Engine.Checks;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Layers;

/// <summary>
/// Passes of an iteration may run in several processes where no pass depends on the one before: which layers say that
/// theirs do, and that the others keep it.
/// </summary>
public class EarlierPassesTests
{
    public static TheoryData<string, string> Goldens
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (name, path) in GoldenFolders.Cases("layers"))
            {
                cases.Add(name, path);
            }

            return cases;
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheTypesThatMayDependOnEarlierPassesAreKnown()
    {
        string[] types =
        [
            .. typeof(Layer).Assembly.GetTypes()
                .Where(t => t is { IsAbstract: false } && t.IsAssignableTo(typeof(Layer)) && Declares(t))
                .SelectMany(t => t.GetCustomAttributes<LayerTypeAttribute>())
                .Select(a => a.Name)
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(
            [
                "BatchNorm", "DetectionEvaluate", "HDF5Output", "LSTM", "Lstm", "MarginInnerProduct", "RNN",
                "SegAccuracy",
            ],
            types);

        static bool Declares(Type type) => new[] { nameof(Layer.State), nameof(Layer.DependsOnEarlierPasses) }
            .Any(member => type.GetProperty(member)!.DeclaringType != typeof(Layer));
    }

    [Theory]
    [InlineData("type: 'BatchNorm'", false, "2 3 4")]
    [InlineData("type: 'BatchNorm' batch_norm_param { scale_bias: true }", false, "2 3 4")]
    [InlineData("type: 'BatchNorm' batch_norm_param { use_global_stats: false } phase: TEST", true, "2 3 4")]
    [InlineData("type: 'BN' bn_param { slope_filler { value: 1 } }", false, "2 3 4")]
    [InlineData("type: 'MarginInnerProduct' margin_inner_product_param { num_output: 2 }", false, "2 3", "2")]
    [InlineData("type: 'LSTM' recurrent_param { num_output: 2 }", true, "3 2 4", "3 2")]
    [InlineData("type: 'RNN' recurrent_param { num_output: 2 }", true, "3 2 4", "3 2")]
    [InlineData("type: 'RNN' recurrent_param { num_output: 2 expose_hidden: true }", false, "3 2 4", "3 2", "1 2 2")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 2 }", false, "3 2 4")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 2 }", true, "3 2 4", "3 2")]
    [InlineData("type: 'SegAccuracy'", false, "1 4 2 3", "1 1 2 3")]
    [InlineData("type: 'SegAccuracy' seg_accuracy_param { reset: false }", true, "1 4 2 3", "1 1 2 3")]
    [InlineData("type: 'DetectionEvaluate' detection_evaluate_param { num_classes: 2 background_label_id: 0 }", false,
        "1 1 1 7", "1 1 1 8")]
    [InlineData("type: 'DetectionEvaluate' detection_evaluate_param { num_classes: 2 background_label_id: 0 "
        + "name_size_file: 'none' }", true, "1 1 1 7", "1 1 1 8")]
    [InlineData("type: 'HDF5Output' hdf5_output_param { file_name: 'none' }", true, "2 3", "2")]
    [Trait("Category", "Unit")]
    public void LayersSayWhetherTheyDependOnEarlierPasses(string definition, bool depends, params string[] bottoms)
    {
        int[][] shapes = [.. bottoms.Select(b => b.Split(' ').Select(int.Parse).ToArray())];
        int tops = definition.Contains("HDF5Output", StringComparison.Ordinal) ? 0
            : definition.Contains("expose_hidden", StringComparison.Ordinal) ? 2
            : 1;
        Phase phase = definition.EndsWith("TEST", StringComparison.Ordinal) ? Phase.Test : Phase.Train;
        using var harness = new LayerHarness(definition, shapes, tops, phase, madeUp: new MadeUpData());

        Assert.Equal(depends, harness.Layer.DependsOnEarlierPasses);
    }

    [Theory]
    [MemberData(nameof(BuiltInLayerCheckTests.Layers), MemberType = typeof(BuiltInLayerCheckTests))]
    [Trait("Category", "Unit")]
    public void APassOfABuiltInLayerIsTheSameAfterAnother(string definition, string[] bottoms)
    {
        var net = NetDefinition.Parse(BuiltInLayerCheckTests.NetOf(definition, bottoms));
        Check(net, new NetOptions { Phase = Phase.Train, MadeUp = new MadeUpData() }, null);
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    [Trait("Category", "Unit")]
    public void APassOfALayerOfCaffesCasesIsTheSameAfterAnother(string name, string folder)
    {
        var golden = new GoldenCase(folder);
        Assert.NotEmpty(name);
        var options = new NetOptions
        {
            Phase = golden.Phase, Level = golden.Level, Stages = golden.Stages, MadeUp = new MadeUpData(),
        };
        Check(golden.Definition, options, net => golden.Apply(net, diffs: false));
    }

    private static void Check(NetDefinition definition, NetOptions options, Action<Net>? prepare)
    {
        Net built = Net.Build(definition, options);
        using var net = new CheckedNet(built, options.Seed, prepare is not null);
        prepare?.Invoke(built);
        foreach (NetLayer layer in net.Layers)
        {
            if (!layer.Layer.DependsOnEarlierPasses && !layer.Layer.IsInput)
            {
                var recipe = new LayerRecipe(layer, options);
                using LayerRun first = recipe.Make(), second = recipe.Make();
                Vary(first, recipe);
                Forward(second);
                string where = $"{layer.Type} layer '{layer.Name}'";
                Assert.True(Values(first).SequenceEqual(Values(second)), where);
            }

            net.Forward(layer);
        }
    }

    // Runs a pass on other values before the one that counts. What it refuses it has not run.
    private static void Vary(LayerRun run, LayerRecipe recipe)
    {
        for (int i = 0; i < run.BottomList.Length; i++)
        {
            run.BottomList[i].Data.Reverse();
        }

        try
        {
            Forward(run, pass: 0);
        }
        catch (CnnException)
        {
        }

        for (int i = 0; i < run.BottomList.Length; i++)
        {
            recipe.Fill(run, i);
        }

        Forward(run);
    }

    private static void Forward(LayerRun run, long pass = 1)
    {
        if (run.Layer is IRunningStatistics statistics)
        {
            statistics.LeavesStatistics = true;
        }

        run.Layer.Context.Clock.Pass = pass;
        run.Layer.Reshape(run.BottomList, run.TopList);
        run.Layer.Forward(run.BottomList, run.TopList);
    }

    private static int[] Values(LayerRun run) =>
    [
        .. run.TopList.Concat(run.Layer.Blobs).Concat(run.Layer.State)
            .SelectMany(blob => blob.Data.ToArray())
            .Select(BitConverter.SingleToInt32Bits),
    ];
}
