using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public sealed class SolverRegistryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void CaffesTypesAreThere() => Assert.Subset(
        new SolverRegistry().Types.ToHashSet(),
        new HashSet<string> { "AdaDelta", "AdaGrad", "Adam", "Nesterov", "RMSProp", "SGD" });

    [Fact]
    public void ASolverOfOnesOwnTakesItsOwnSteps()
    {
        using Solver solver = Prepare("SignDescent", iterations: 5);
        float[] before = Training.Weights(solver);

        solver.Step();

        float[] steps = [.. before.Zip(Training.Weights(solver), (a, b) => a - b)];
        Assert.All(steps, step => Assert.Equal(0.01f, Math.Abs(step), 1e-6f));
        Assert.Contains(steps, step => step > 0);
        Assert.Contains(steps, step => step < 0);
    }

    [Fact]
    public void ASolverOfOnesOwnTrainsANetAndIsResumedWithTheSameBits()
    {
        using Solver straight = Prepare("SignDescent", iterations: 40);
        var losses = new List<float>();
        straight.Progressed += p => losses.Add(p.IterationLoss);
        Assert.True(straight.Solve());
        Assert.True(losses[^1] < 0.5 * losses[0], $"from {losses[0]} to {losses[^1]}");
        using Solver first = Prepare("SignDescent", iterations: 15);
        Assert.True(first.Solve());

        using Solver resumed = Prepare("SignDescent", iterations: 40, resumeFrom: first.WriteSnapshot());

        Assert.Equal(15, resumed.Iteration);
        Assert.True(resumed.Solve());
        Assert.Equal(Training.Weights(straight), Training.Weights(resumed));
    }

    [Fact]
    public void ARuleWithoutHistoriesTrainsAndIsResumed()
    {
        using Solver straight = Prepare("Plain", iterations: 4), first = Prepare("Plain", iterations: 2);
        using Solver momentumless = Prepare("SGD", iterations: 4);
        Assert.True(straight.Solve());
        Assert.True(momentumless.Solve());
        Assert.True(first.Solve());
        using Solver resumed = Prepare("Plain", iterations: 4, resumeFrom: first.WriteSnapshot());
        Assert.True(resumed.Solve());

        Assert.Equal(Training.Weights(momentumless), Training.Weights(straight));
        Assert.Equal(Training.Weights(straight), Training.Weights(resumed));
    }

    [Fact]
    public void AnUnknownTypeIsAnErrorAtItsPlaceWithTheNearestName()
    {
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            "base_lr: 1\n  type: 'Adma'", "s.prototxt", sources);

        var error = Assert.Throws<CnnException>(() =>
            new SolverRegistry().Create(new SolverContext { Definition = definition, Sources = sources }));

        Assert.StartsWith(
            "s.prototxt:2:9: unknown solver type 'Adma'; did you mean 'Adam'?",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorOfARuleIsAtTheValueOfTheFieldThatItNames()
    {
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            "type: 'SignDescent'\nmomentum: 2", "s.prototxt", sources);

        var error = Assert.Throws<CnnException>(() =>
            Registry().Create(new SolverContext { Definition = definition, Sources = sources }));

        Assert.StartsWith("s.prototxt:2:11: momentum is 2; it must be", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameIsTakenOnce() => Assert.Contains(
        "there is a solver type 'Adam' already",
        Assert.Throws<CnnException>(() => new SolverRegistry().Add("Adam", c => new SignDescent(c))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AClassThatIsNoRuleIsRefused() => Assert.Contains(
        "carries [SolverType(\"Wrong\")] but is no update rule that can be made",
        Assert.Throws<CnnException>(() => new SolverRegistry().AddFrom(Emit("Wrong", typeof(object)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ASolverOfAPlugInTrains()
    {
        CommandLine run = CommandLine.Run("train", "--solver", PluginSolver("Still"), "--plugin", folder["Still.dll"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Trained Small for 2 iterations", run.Output, StringComparison.Ordinal);
        Assert.Contains($"--plugin {folder["Still.dll"]}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void APlugInWithASolverThatThereIsAlreadyIsRefused()
    {
        CommandLine run = CommandLine.Run("train", "--solver", PluginSolver("SGD"), "--plugin", folder["SGD.dll"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "brings the solver type 'SGD', but there is one of that name already", run.Error, StringComparison.Ordinal);
    }

    private string PluginSolver(string type)
    {
        var plugin = new PersistedAssemblyBuilder(new AssemblyName(type), typeof(object).Assembly);
        Define(plugin.DefineDynamicModule(type), type, typeof(UpdateRule));
        plugin.Save(folder[type + ".dll"]);
        return SmallTraining.Write(
            folder, 2, 0, $"random_seed: 7 type: \"{type}\"", folder["snap"].Replace('\\', '/'));
    }

    private static AssemblyBuilder Emit(string type, Type parent)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(type), AssemblyBuilderAccess.Run);
        Define(assembly.DefineDynamicModule(type), type, parent);
        return assembly;
    }

    // Defines a class with the attribute; if it is an update rule, it updates nothing.
    private static void Define(ModuleBuilder module, string type, Type parent)
    {
        TypeBuilder rule = module.DefineType(type + "Rule", TypeAttributes.Public, parent);
        rule.SetCustomAttribute(new CustomAttributeBuilder(
            typeof(SolverTypeAttribute).GetConstructor([typeof(string)])!, [type]));
        ILGenerator make = rule.DefineConstructor(
            MethodAttributes.Public, CallingConventions.Standard, [typeof(SolverContext)]).GetILGenerator();
        make.Emit(OpCodes.Ldarg_0);
        make.Emit(OpCodes.Call, parent.GetConstructor(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [])!);
        make.Emit(OpCodes.Ret);
        if (parent == typeof(UpdateRule))
        {
            rule.DefineMethod(
                nameof(UpdateRule.Update),
                MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
                null,
                [typeof(ParameterUpdate)]).GetILGenerator().Emit(OpCodes.Ret);
        }

        rule.CreateType();
    }

    private static SolverRegistry Registry()
    {
        var registry = new SolverRegistry();
        registry.AddFrom(typeof(SolverRegistryTests).Assembly);
        registry.Add("Plain", _ => new PlainDescent());
        return registry;
    }

    // Least squares with two outputs of different signs.
    private Solver Prepare(string type, int iterations, string? resumeFrom = null)
    {
        NetDefinition net = NetDefinition.Parse(
            """
            layer { name: "data" type: "DummyData" top: "data" top: "one" top: "other" dummy_data_param {
              shape { dim: 4 dim: 19 } shape { dim: 4 dim: 1 } shape { dim: 4 dim: 1 }
              data_filler { value: 0.5 } data_filler { value: 1 } data_filler { value: -1 } } }
            layer { name: "target" type: "Concat" bottom: "one" bottom: "other" top: "target" }
            layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
            layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
            """);
        var definition = new SolverDefinition(net, new
        {
            type,
            base_lr = 0.01,
            lr_policy = "fixed",
            max_iter = iterations,
            random_seed = 3,
            snapshot_after_train = false,
            snapshot_prefix = folder["snap"],
        });
        return new Solver(definition, new SolverOptions { Solvers = Registry(), ResumeFrom = resumeFrom });
    }

    /// <summary>Takes steps of equal size, with the sign of the running mean of the gradient.</summary>
    [SolverType("SignDescent")]
    public sealed class SignDescent : UpdateRule
    {
        private readonly float momentum;

        public SignDescent(SolverContext context)
        {
            momentum = context.Definition.Momentum;
            context.RequireShare(SolverParameter.MomentumFieldNumber, momentum);
        }

        public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, momentum));

        private readonly record struct Step(float Rate, float Momentum) : IUpdateStep
        {
            public Vector512<float> Advance(
                Vector512<float> gradient,
                Vector512<float> weight,
                ref Vector512<float> first,
                ref Vector512<float> second)
            {
                first = (first * Momentum) + (gradient * (1 - Momentum));
                var rate = Vector512.Create(Rate);
                return Vector512.ConditionalSelect(Vector512.LessThan(first, Vector512<float>.Zero), -rate, rate);
            }
        }
    }

    // An update rule without histories.
    private sealed class PlainDescent : UpdateRule
    {
        public override int HistoriesPerParameter => 0;

        public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate));

        private readonly record struct Step(float Rate) : IUpdateStep
        {
            public Vector512<float> Advance(
                Vector512<float> gradient,
                Vector512<float> weight,
                ref Vector512<float> first,
                ref Vector512<float> second) =>
                gradient * Rate;
        }
    }
}
