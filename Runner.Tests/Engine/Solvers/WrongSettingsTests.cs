using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Settings with which a rule or a policy computes nothing sensible.</summary>
[Trait("Category", "Unit")]
public class WrongSettingsTests
{
    private const string Net = """
        net_param {
          layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
          layer { name: "sum" type: "Reduction" bottom: "w" top: "sum" loss_weight: 1 }
        }
        """;

    [Theory]
    [InlineData("Adam", "momentum: 1", "momentum is 1; it must be 0 or more and below 1")]
    [InlineData("Adam", "momentum2: -0.5", "momentum2 is -0.5; it must be 0 or more and below 1")]
    [InlineData("Adam", "delta: -1", "delta is -1; it must be 0 or more")]
    [InlineData("AdamW", "momentum: -0.1", "momentum is -0.1; it must be 0 or more and below 1")]
    [InlineData("AdamW", "momentum2: 1", "momentum2 is 1; it must be 0 or more and below 1")]
    [InlineData("AdamW", "delta: -1", "delta is -1; it must be 0 or more")]
    [InlineData("AdamW", "regularization_type: 'L1'", "regularization_type is 'L1'; type AdamW knows L2 only")]
    [InlineData("AdaGrad", "momentum: 0.9", "momentum is 0.9; type AdaGrad has no momentum; leave it out")]
    [InlineData("AdaGrad", "delta: -1", "delta is -1; it must be 0 or more")]
    [InlineData("AdaDelta", "momentum: 1", "momentum is 1; it must be 0 or more and below 1")]
    [InlineData("AdaDelta", "delta: -1", "delta is -1; it must be 0 or more")]
    [InlineData("RMSProp", "momentum: 0.9", "momentum is 0.9; type RMSProp has no momentum; leave it out")]
    [InlineData("RMSProp", "delta: nan", "delta is NaN; it must be 0 or more")]
    [InlineData("RMSProp", "rms_decay: 1", "rms_decay is 1; it must be 0 or more and below 1")]
    [InlineData("SGD", "momentum: -1", "momentum is -1; it must be 0 or more")]
    [InlineData("Nesterov", "momentum: -1", "momentum is -1; it must be 0 or more")]
    public void ASettingThatARuleCannotUseIsRefusedAtItsPlace(string type, string setting, string expected) =>
        Assert.StartsWith(
            $"solver.prototxt:1:{setting.IndexOf(' ') + 2}: {expected}",
            Refusal($"{setting} type: '{type}' lr_policy: 'fixed'"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("stepsize: 0 lr_policy: 'step'", "stepsize is 0; lr_policy step needs 1 or more")]
    [InlineData("max_iter: 0 lr_policy: 'poly'", "max_iter is missing; lr_policy poly needs it")]
    [InlineData("max_iter: 0 lr_policy: 'cosine'", "max_iter is missing; lr_policy cosine needs it")]
    [InlineData("plateau_winsize: 0 lr_policy: 'plateau'", "a plateau_winsize is below 1; ")]
    public void ASettingThatAPolicyCannotUseIsRefusedAtItsPlace(string settings, string expected) =>
        Assert.StartsWith(
            $"solver.prototxt:1:{settings.IndexOf(' ') + 2}: {expected}", Refusal(settings), StringComparison.Ordinal);

    [Theory]
    [InlineData("stepsize: 1 lr_policy: 'step'")]
    [InlineData("max_iter: 1 lr_policy: 'poly'")]
    [InlineData("plateau_winsize: 1 lr_policy: 'plateau'")]
    [InlineData("momentum: 0 delta: 0 type: 'Adam' lr_policy: 'fixed'")]
    public void TheLeastSettingsAreTaken(string settings)
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare($"{settings} base_lr: 1 {Net}", pool);

        solver.Step();

        Assert.Equal(1, solver.Iteration);
    }

    [Fact]
    public void AFolderThatTakesNoSnapshotsIsToldBeforeTheFirstIteration()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that nobody can write to");
        using var pool = new WorkerPool(1);
        foreach (string when in new[] { "snapshot: 5 snapshot_after_train: false", "snapshot_after_train: true" })
        {
            using Solver solver = Training.Prepare(
                $"snapshot_prefix: '/proc/self/s' {when} max_iter: 9 base_lr: 1 lr_policy: 'fixed' {Net}", pool);

            var refusal = Assert.Throws<CnnException>(() => solver.Solve());

            Assert.Contains("snapshots cannot be written to '/proc/self'", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(0, solver.Iteration);
        }
    }

    [Fact]
    public void ARunWithoutSnapshotsNeedsNoFolderForThem()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            "snapshot_prefix: '/proc/self/s' snapshot_after_train: false max_iter: 2 base_lr: 1 lr_policy: 'fixed' "
            + Net,
            pool);

        Assert.True(solver.Solve());
    }

    private static string Refusal(string settings)
    {
        using var pool = new WorkerPool(1);
        return Assert.Throws<CnnException>(() => Training.Prepare($"{settings} base_lr: 1 {Net}", pool)).Message;
    }
}
