using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Snapshots;

/// <summary>Resuming from a state that a solver of another type wrote.</summary>
[Trait("Category", "Resume")]
public sealed class OtherSolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public static TheoryData<string, string, string> Others
    {
        get
        {
            var pairs = new TheoryData<string, string, string>();
            string[] types = [.. new SolverRegistry().Types];
            for (int i = 0; i < types.Length; i++)
            {
                pairs.Add(types[i], types[(i + 1) % types.Length], i % 2 == 0 ? "BINARYPROTO" : "HDF5");
                pairs.Add(types[i], types[(i + 3) % types.Length], i % 2 == 0 ? "HDF5" : "BINARYPROTO");
            }

            return pairs;
        }
    }

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void AStateOfAnotherTypeIsRefusedByTheNamesOfBoth(string writer, string reader, string format)
    {
        string state = State(writer, format);

        Assert.Equal(
            $"{state}: was written by a solver of type {writer}, this solver is of type {reader}; "
            + $"go on with type: \"{writer}\", or start anew from the snapshot's weights",
            Refused(state, reader, format));
    }

    [Theory]
    [InlineData("Adam", "SGD", "holds 4 history blobs, a solver of type SGD has 2: 1 for each of the net's 2")]
    [InlineData("SGD", "AdaDelta", "holds 2 history blobs, a solver of type AdaDelta has 4: 2 for each of the net's 2")]
    public void AStateWithoutATypeIsRefusedWhereTheCountDoesNotFit(string writer, string reader, string expected)
    {
        string state = WithoutType(State(writer));

        Assert.StartsWith($"{state}: {expected}", Refused(state, reader), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SGD", "AdaGrad")]
    [InlineData("Nesterov", "RMSProp")]
    [InlineData("Adam", "AdaDelta")]
    public void AStateWithoutATypeIsRefusedWhereAMeanOfSquaresWouldBeNegative(string writer, string reader)
    {
        string state = WithoutType(State(writer));

        string message = Refused(state, reader);

        Assert.StartsWith($"{state}: history blob 0 holds -", message, StringComparison.Ordinal);
        Assert.Contains($"where a solver of type {reader} has nothing below 0", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    public void OnlyTheSecondMomentOfAdamHasNoSign(string reader)
    {
        string state = WithoutType(State("Adam"));
        Assert.Equal(2, Resume(state, reader).Iteration);
        Change(state, s => s.History[2].Data[0] = -1);

        Assert.Contains("history blob 2 holds -1, where", Refused(state, reader), StringComparison.Ordinal);
    }

    [Fact]
    public void AHistoryThatIsNoNumberIsRefusedWhereItCannotBeNegative()
    {
        string state = State("RMSProp");
        Change(state, s => s.History[1].Data[0] = float.NaN);

        Assert.Contains("history blob 1 holds nan", Refused(state, "RMSProp"), StringComparison.Ordinal);
    }

    [Fact]
    public void AStateOfTheSameTypeAndAnotherNetIsRefused()
    {
        string state = State("SGD");
        string other = Definition("SGD", "BINARYPROTO")
            .Replace("shape { dim: 4 dim: 3 }", "shape { dim: 4 dim: 5 }", StringComparison.Ordinal);
        var error = Assert.Throws<CnnException>(() => Training.Prepare(other, pool, resumeFrom: state));

        Assert.StartsWith(
            $"{state}: history blob 0 has shape 2 3 and 6 values, this net's parameter has shape 2 5 (10)",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AStateWithoutATypeGoesOnWhereItsHistoryFits()
    {
        using Solver straight = Resume(State("Adam"), "Adam"), resumed = Resume(WithoutType(State("Adam")), "Adam");
        straight.Step();
        resumed.Step();

        Assert.Equal(Training.Weights(straight), Training.Weights(resumed));
    }

    private static string WithoutType(string path)
    {
        Change(path, state => state.ClearSolverType());
        return path;
    }

    private static void Change(string path, Action<SolverState> change)
    {
        SolverState state = ProtoFile.LoadBinary<SolverState>(path);
        Assert.True(state.History.Count > 0);
        change(state);
        using FileStream stream = File.Create(path);
        using var output = new Google.Protobuf.CodedOutputStream(stream);
        state.WriteTo(output);
    }

    private string Refused(string state, string type, string format = "BINARYPROTO") =>
        Assert.Throws<CnnException>(() => Resume(state, type, format)).Message;

    private Solver Resume(string state, string type, string format = "BINARYPROTO") =>
        Training.Prepare(Definition(type, format), pool, resumeFrom: state);

    private string State(string type, string format = "BINARYPROTO")
    {
        using Solver solver = Training.Prepare(Definition(type, format), pool);
        solver.Step();
        solver.Step();
        return solver.WriteSnapshot();
    }

    // Outputs of both signs, so that the gradients, and with them the momenta, have both.
    private string Definition(string type, string format) => $$"""
        net_param {
          layer { name: "data" type: "DummyData" top: "data" top: "target" dummy_data_param {
            shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } data_filler { value: 0.5 }
            data_filler { type: "gaussian" std: 9 } } }
          layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
            inner_product_param { num_output: 2 weight_filler { type: "gaussian" std: 1 } } }
          layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
        }
        type: "{{type}}" base_lr: 0.01 lr_policy: "fixed" random_seed: 4 max_iter: 9 snapshot_format: {{format}}
        snapshot_after_train: false snapshot_prefix: "{{folder["snap"].Replace('\\', '/')}}"
        """;
}
