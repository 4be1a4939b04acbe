using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Recurrent;

[Trait("Category", "Unit")]
public class RecurrentErrorTests
{
    private const string Static = "static input is [N, ...]", Initial = "initial hidden blob is [1, N, num_output]";

    public static TheoryData<string, string, int[][], string> WrongDefinitions => new()
    {
        { "LSTM", "", [[3, 2, 4], [3, 2]], "num_output is 0" },
        { "RNN", "num_output: 0", [[3, 2, 4], [3, 2]], "num_output is 0" },
        { "LSTM", "num_output: 4000000000", [[3, 2, 4], [3, 2]], "num_output 4000000000 is too large" },
        { "LSTM", "num_output: 20000", [[3, 2, 4], [3, 2]], "weights of 80000 x 20000 are too many" },
        { "RNN", "num_output: 2000000000", [[3, 2, 4], [3, 2]], "are too many" },
        { "RNN", "num_output: 1000", [[60000, 20, 1], [60000, 20]], "gate values are too many" },
        { "LSTM", "num_output: 5", [[3, 2], [3, 2]], "bottom 0 'bottom0' has shape 3 2 (6)" },
        { "RNN", "num_output: 5", [[6], [6]], "bottom 0 'bottom0' has shape 6 (6)" },
        { "LSTM", "num_output: 5", [[0, 2, 4], [0, 2]], "one time step" },
        { "LSTM", "num_output: 5", [[3, 2, 0], [3, 2]], "one value a step" },
        { "LSTM", "num_output: 5", [[3, 0, 65536, 65537], [3, 0]], "are too many" },
        { "RNN", "num_output: 5", [[3, 0, 4], [3, 0], [0, 65536, 65537]], "are too many" },
        { "LSTM", "num_output: 5", [[3, 2, 4], [3]], "bottom 1 'bottom1' has shape 3 (3)" },
        { "LSTM", "num_output: 5", [[3, 2, 4], [2, 3]], "for this x 3 2" },
        { "RNN", "num_output: 5", [[3, 2, 4], [3, 2, 1]], "sequence markers are [T, N]" },
        { "LSTM", "num_output: 5", [[3, 2, 4], [3, 2], [2]], Static },
        { "LSTM", "num_output: 5", [[3, 2, 4], [3, 2], [3, 7]], Static },
        { "RNN", "num_output: 5", [[3, 2, 4], [3, 2], [2, 0]], "one value a stream" },
        { "RNN", "num_output: 5 expose_hidden: true", [[3, 2, 4], [3, 2], [2, 5]], Initial },
        { "LSTM", "num_output: 5 expose_hidden: true", [[3, 2, 4], [3, 2], [1, 2, 5], [1, 2, 6]], Initial },
        { "LSTM", "num_output: 5 expose_hidden: true", [[3, 2, 4], [3, 2], [2, 7], [1, 2, 5], [1, 3, 5]], Initial },
        { "LSTM", "num_output: 5 weight_filler { type: 'nothing' }", [[3, 2, 4], [3, 2]], "nothing" },
    };

    public static TheoryData<int[][], string> WrongUnits => new()
    {
        { [[3, 4], [1, 3, 16], [1, 3]], "bottom 0 'bottom0' has shape 3 4 (12)" },
        { [[2, 3, 4], [2, 3, 16], [2, 3]], "the cell is [1, N, D]" },
        { [[1, 3, 4], [1, 3, 12], [1, 3]], "[1, N, 4D], for this cell 1 3 16" },
        { [[1, 3, 4], [1, 2, 16], [1, 3]], "bottom 1 'bottom1' has shape 1 2 16 (32)" },
        { [[1, 3, 4], [1, 3, 16], [3]], "bottom 2 'bottom2' has shape 3 (3)" },
        { [[1, 3, 4], [1, 3, 16], [1, 4]], "[1, N], for this cell 1 3" },
    };

    [Theory]
    [MemberData(nameof(WrongDefinitions))]
    public void WrongDefinitionsAreSaidWhereTheyAreWritten(
        string type, string options, int[][] bottoms, string expected)
    {
        int tops = !options.Contains("expose_hidden", StringComparison.Ordinal) ? 1 : type == "LSTM" ? 3 : 2;
        RequireError(
            expected, () => new LayerHarness($"type: '{type}' recurrent_param {{ {options} }}", bottoms, tops));
    }

    [Theory]
    [MemberData(nameof(WrongUnits))]
    public void WrongUnitsAreSaidWhereTheyAreWritten(int[][] bottoms, string expected) =>
        RequireError(expected, () => new LayerHarness("type: 'LSTMUnit'", bottoms, tops: 2));

    [Theory]
    [InlineData("LSTM", 2, 2, 4)]
    [InlineData("LSTM", 3, 2, 5)]
    [InlineData("RNN", 4, 2, 4)]
    public void OnlyTheNumberOfStreamsMayChange(string type, int steps, int streams, int inputs)
    {
        using LayerHarness harness = RecurrentLayerTests.Make(type, 3, 2, 4, 5, 0);
        Reshape(harness, [[steps, streams, inputs], [steps, streams]]);
        RequireError("set up for 3 time steps of 4 values", harness.Forward);
    }

    [Theory]
    [InlineData("LSTM", 1)]
    [InlineData("RNN", 1)]
    [InlineData("LSTMUnit", 2)]
    public void NoGradientReachesTheMarkers(string type, int markers)
    {
        using LayerHarness harness = type == "LSTMUnit"
            ? new LayerHarness("type: 'LSTMUnit'", [[1, 2, 3], [1, 2, 12], [1, 2]], tops: 2)
            : RecurrentLayerTests.Make(type, 3, 2, 4, 5, 0);
        harness.Forward();
        Assert.Equal(Enumerable.Range(0, harness.Bottoms.Count).Select(i => i != markers),
            Enumerable.Range(0, harness.Bottoms.Count).Select(harness.Layer.AllowsForceBackward));
        RequireError($"no gradient for its sequence markers 'bottom{markers}'", () => harness.Backward());
    }

    [Fact]
    public void StateOfAnotherSizeIsRefused()
    {
        using LayerHarness harness = RecurrentLayerTests.Make("LSTM", 3, 2, 4, 5, 0);
        RequireError("state blob 1 has shape 1 2 6 (12)", () => harness.Layer.RestoreState(1, new Blob(1, 2, 6)));
        RequireError("state blob 0 has shape 2 5 (10)", () => harness.Layer.RestoreState(0, new Blob(2, 5)));
    }

    private static void Reshape(LayerHarness harness, int[][] bottoms)
    {
        for (int i = 0; i < bottoms.Length; i++)
        {
            harness.Bottoms[i].Reshape(bottoms[i]);
        }
    }

    private static void RequireError(string expected, Action action)
    {
        Diagnostic diagnostic = Assert.Throws<CnnException>(action).Diagnostics[0];
        Assert.Contains(expected, $"{diagnostic.Message}; {diagnostic.Hint}", StringComparison.Ordinal);
        Assert.Equal("layer.prototxt", diagnostic.Location?.File);
    }

    private static void RequireError(string expected, Func<LayerHarness> make) =>
        RequireError(expected, () => make().Dispose());
}
