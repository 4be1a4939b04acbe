using Cnn.Engine.Graph;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Resume")]
public class LayerStateTests
{
    [Theory]
    [InlineData("LSTM", 2, "BINARYPROTO", "")]
    [InlineData("RNN", 1, "BINARYPROTO", "")]
    [InlineData("LSTM", 2, "HDF5", ".h5")]
    public void ARecurrentNetResumedGoesOnWithTheSameBits(string type, int hiddenBlobs, string format, string suffix)
    {
        using var straight = new TemporaryFolder();
        using var resumed = new TemporaryFolder();
        float[] expected = Train(straight, type, 8, null, out List<double> expectedScores, format);
        Train(resumed, type, 3, null, out _, format);

        var stored = States(resumed, 3, suffix);
        Assert.Equal([(0, "recurrent"), (1, "recurrent"), (2, "recurrent")], stored.Select(s => (s.Net, s.Layer)));
        Assert.All(stored, s => Assert.Equal(hiddenBlobs, s.Blobs.Count));
        Assert.Contains(stored[0].Blobs[0].Data, v => v != 0);

        float[] actual = Train(
            resumed, type, 8, "snap_iter_3.solverstate" + suffix, out List<double> actualScores, format);
        Assert.Equal(expected, actual);
        Assert.Equal(expectedScores[^4..], actualScores[^4..]);
        Assert.Equal(States(straight, 8, suffix), States(resumed, 8, suffix));
    }

    [Fact]
    public void ASnapshotWithoutStatesStartsFromZero()
    {
        using var folder = new TemporaryFolder();
        float[] expected = Train(folder, "LSTM", 6, null, out _);
        Edit(folder, state => state.LayerState.Clear());
        float[] actual = Train(folder, "LSTM", 6, "snap_iter_3.solverstate", out _);
        Assert.NotEqual(expected, actual);
    }

    [Fact]
    public void TestsCutShortAreDoneAgainFromTheSameStates()
    {
        // The stop comes in the second round, after the first of two test nets.
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(Definition(folder, "LSTM", 8), pool);
        int tests = 0;
        solver.Tested += _ =>
        {
            if (++tests == 3)
            {
                solver.Control.RequestStop();
            }
        };
        Assert.False(solver.Solve());
        Assert.Equal((3, 2), (tests, solver.Iteration));
        Assert.Equal(3, States(folder, 2).Count);
        Train(folder, "LSTM", 8, "snap_iter_2.solverstate", out _);

        using var straight = new TemporaryFolder();
        Train(straight, "LSTM", 8, null, out _);
        Assert.Equal(States(straight, 8), States(folder, 8));
    }

    [Fact]
    public void LayersOfOneNameTakeTheirStatesInTheOrderOfTheNet()
    {
        using var pool = new WorkerPool(1);
        NetDefinition definition = NetDefinition.Parse("""
            layer { name: 'x' type: 'Input' top: 'x' top: 'cont' input_param {
              shape { dim: 2 dim: 1 dim: 3 } shape { dim: 2 dim: 1 } } }
            layer { name: 'r' type: 'RNN' bottom: 'x' bottom: 'cont' top: 'a' recurrent_param { num_output: 1
              weight_filler { type: 'constant' value: 0.1 } } }
            layer { name: 'r' type: 'RNN' bottom: 'x' bottom: 'cont' top: 'b' recurrent_param { num_output: 1
              weight_filler { type: 'constant' value: 0.4 } } }
            """);
        using Net ran = Net.Build(definition, new NetOptions { Pool = pool });
        using Net fresh = Net.Build(definition, new NetOptions { Pool = pool });
        ran.SetInput("x", [1, 2, 3, 4, 5, 6]);
        ran.SetInput("cont", [1, 1]);
        ran.Forward();

        LayerStates.Restore([fresh], LayerStates.Capture([ran]), "state", log: null);

        float[] expected = Hidden(ran);
        Assert.NotEqual(expected[0], expected[1]);
        Assert.Equal(expected, Hidden(fresh));

        static float[] Hidden(Net net) =>
            [.. net.Layers.Where(l => l.Name == "r").Select(l => l.Layer.State[0].Data[0])];
    }

    [Fact]
    public void AStateThatDoesNotFitIsSaid()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "LSTM", 3, null, out _);
        Edit(folder, state => state.LayerState[0].Blobs.RemoveAt(1));
        var error = Assert.Throws<CnnException>(() => Train(folder, "LSTM", 6, "snap_iter_3.solverstate", out _));
        Assert.Contains("1 state blob(s) of layer 'recurrent', which has 2", error.Message, StringComparison.Ordinal);

        var noValues = new BlobProto { Shape = new BlobShape { Dim = { 1, 2, 3 } } };
        Edit(folder, state => state.LayerState[0].Blobs.Add(noValues));
        error = Assert.Throws<CnnException>(() => Train(folder, "LSTM", 6, "snap_iter_3.solverstate", out _));
        Assert.Contains(
            "state blob 1 of layer 'recurrent' has shape 1 2 3 but 0", error.Message, StringComparison.Ordinal);
    }

    private static void Edit(TemporaryFolder folder, Action<SolverState> change)
    {
        string path = folder["snap_iter_3.solverstate"];
        SolverState state = ProtoFile.LoadBinary<SolverState>(path);
        change(state);
        using FileStream stream = File.Create(path);
        using var output = new Google.Protobuf.CodedOutputStream(stream);
        state.WriteTo(output);
    }

    private static IList<LayerState> States(TemporaryFolder folder, int iteration, string suffix = "")
    {
        using StateFile state = StateFile.Open(folder[$"snap_iter_{iteration}.solverstate{suffix}"]);
        return state.Extensions.LayerState;
    }

    private static float[] Train(
        TemporaryFolder folder, string type, int iterations, string? from, out List<double> scores,
        string format = "BINARYPROTO")
    {
        using var pool = new WorkerPool(2);
        Solver solver = Training.Prepare(
            Definition(folder, type, iterations, format), pool, resumeFrom: from is null ? null : folder[from]);
        List<double> seen = [];
        solver.Tested += test => seen.Add(test.Loss);
        Assert.True(solver.Solve());
        scores = seen;
        return Training.Weights(solver);
    }

    // The sequences never restart, so the result of a batch depends on all batches before it.
    private static string Definition(
        TemporaryFolder folder, string type, int iterations, string format = "BINARYPROTO") => $$"""
        base_lr: 0.1 momentum: 0.9 lr_policy: 'fixed' random_seed: 5 iter_size: 2
        max_iter: {{iterations}} snapshot: 3 snapshot_format: {{format}} snapshot_prefix: '{{folder["snap"]}}'
        test_iter: 3 test_iter: 1 test_interval: 2 test_initialization: true test_compute_loss: true
        net_param {
          layer { name: 'data' type: 'DummyData' top: 'x' top: 'target' top: 'cont'
            dummy_data_param {
              shape { dim: 4 dim: 3 dim: 5 } shape { dim: 4 dim: 3 dim: 6 } shape { dim: 4 dim: 3 }
              data_filler { type: 'gaussian' std: 1 } data_filler { type: 'gaussian' std: 0.5 }
              data_filler { type: 'constant' value: 1 } } }
          layer { name: 'recurrent' type: '{{type}}' bottom: 'x' bottom: 'cont' top: 'y'
            recurrent_param { num_output: 6 weight_filler { type: 'xavier' } } }
          layer { name: 'loss' type: 'EuclideanLoss' bottom: 'y' bottom: 'target' top: 'loss' }
        }
        """;
}
