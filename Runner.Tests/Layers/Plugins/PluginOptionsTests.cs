using System.ComponentModel.DataAnnotations;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

public sealed class PluginOptionsTests : IDisposable
{
    private readonly WorkerPool pool = new(1);
    private readonly SourceMap sources = new();
    private int line;

    public enum Mode
    {
        Plain,
        LeakyRelu,
    }

    public sealed record Inner(int Depth, double Slope = 0.25);

    public sealed record Options(
        int NumOutput,
        [Range(0.0, 1.0)] float Ratio = 0.5f,
        Mode Mode = Mode.LeakyRelu,
        string? Label = null,
        long? Big = null)
    {
        public bool Flag { get; init; } = true;

        public IReadOnlyList<int> KernelSize { get; init; } = [3];

        public string[] Names { get; init; } = [];

        public List<Inner> Parts { get; init; } = [];

        public Inner? One { get; init; }
    }

    public sealed record Needy
    {
        public required int Count { get; init; }
    }

    public sealed record Picky
    {
        public Picky(int count) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
    }

    public sealed record Unbindable(DateTime When);

    public void Dispose() => pool.Dispose();

    [Fact, Trait("Category", "Unit")]
    public void EveryKindOfOptionIsBound()
    {
        Options options = Bind<Options>(
            Option("num_output", Scalar("0x10")),
            Option("ratio", Scalar(".25f")),
            Option("mode", Scalar("PLAIN")),
            Option("label", Text("a b")),
            Option("big", Scalar("-9223372036854775808")),
            Option("flag", Scalar("false")),
            Option("kernel_size", Scalar("5"), Scalar("010")),
            Option("names", Text("x"), Scalar("y")),
            Option(
                "parts",
                Block(Option("depth", Scalar("1"))),
                Block(Option("depth", Scalar("2")), Option("slope", Scalar("-inf")))),
            Option("one", Block(Option("depth", Scalar("7")))));

        Assert.Equal((16, 0.25f, Mode.Plain, "a b", long.MinValue, false), (
            options.NumOutput, options.Ratio, options.Mode, options.Label, options.Big, options.Flag));
        Assert.Equal([5, 8], options.KernelSize);
        Assert.Equal(["x", "y"], options.Names);
        Assert.Equal([new Inner(1), new Inner(2, double.NegativeInfinity)], options.Parts);
        Assert.Equal(new Inner(7), options.One);
    }

    [Fact, Trait("Category", "Unit")]
    public void WhatIsLeftOutKeepsItsDefault()
    {
        Options options = Bind<Options>(Option("num_output", Scalar("1")));

        Assert.Equal((0.5f, Mode.LeakyRelu, null, null, true), (
            options.Ratio, options.Mode, options.Label, options.Big, options.Flag));
        Assert.Equal([3], options.KernelSize);
        Assert.Null(options.One);
    }

    [Fact, Trait("Category", "Unit")]
    public void AnUnknownOptionIsLocatedWithTheNearestName()
    {
        Diagnostic mistake = Assert.Single(Mistakes<Options>(
            Option("num_output", Scalar("1")), Option("kernel_sizes", Scalar("3"))));

        Assert.Equal(
            "net.prototxt:4:3: layer 'x': unknown option 'kernel_sizes' of a Test layer; did you mean 'kernel_size'?",
            mistake.ToString());
    }

    [Fact, Trait("Category", "Unit")]
    public void EveryMistakeIsReportedInTheOrderOfTheFile()
    {
        IReadOnlyList<Diagnostic> mistakes = Mistakes<Options>(
            Option("ratio", Scalar("1.5")),
            Option("flag", Scalar("yes")),
            Option("one", Block(Option("slop", Scalar("1")))));

        string[] messages = [.. mistakes.Select(m => m.Message)];
        Assert.Contains("option 'ratio' is 1.5; it must be between 0 and 1", messages);
        Assert.Contains("option 'flag' takes true or false, not 'yes'", messages);
        Assert.Contains("unknown option 'slop' of option 'one'", messages);
        Assert.Contains("option 'depth' of option 'one' is missing", messages);
        Assert.Contains("option 'num_output' of a Test layer is missing", messages);
        Assert.Equal(mistakes.OrderBy(m => m.Location!.Line).Select(m => m.Message), messages);
    }

    [Theory, Trait("Category", "Unit")]
    [InlineData("num_output", "1.5", "option 'num_output' takes an integer, not '1.5'")]
    [InlineData("num_output", "2147483648", "option 'num_output' takes an integer, not '2147483648'")]
    [InlineData("num_output", "0x", "option 'num_output' takes an integer, not '0x'")]
    [InlineData("num_output", "09", "option 'num_output' takes an integer, not '09'")]
    [InlineData("ratio", "half", "option 'ratio' takes a number, not 'half'")]
    [InlineData("mode", "LEAKY", "option 'mode' takes one of PLAIN, LEAKY_RELU, not 'LEAKY'")]
    [InlineData("mode", "2", "option 'mode' takes one of PLAIN, LEAKY_RELU, not '2'")]
    [InlineData("label", "5", "option 'label' takes a string, not '5'")]
    [InlineData("one", "5", "option 'one' takes a block, not '5'")]
    public void AValueOfAnotherTypeIsRefused(string option, string value, string expected) =>
        Assert.Contains(
            expected,
            Mistakes<Options>(Option(option, Scalar(value))).Select(m => m.Message));

    [Fact, Trait("Category", "Unit")]
    public void AQuotedNumberIsNoNumber() => Assert.Equal(
        "option 'num_output' takes an integer, not the string \"5\"",
        Assert.Single(Mistakes<Options>(Option("num_output", Text("5")))).Message);

    [Fact, Trait("Category", "Unit")]
    public void ASingleOptionGivenTwiceIsAnError() => Assert.Equal(
        "option 'num_output' is given more than once",
        Assert.Single(Mistakes<Options>(Option("num_output", Scalar("1"), Scalar("2")))).Message);

    [Fact, Trait("Category", "Unit")]
    public void ARequiredPropertyMustBeGiven()
    {
        Assert.Equal(4, Bind<Needy>(Option("count", Scalar("4"))).Count);
        Assert.Equal("option 'count' of a Test layer is missing", Assert.Single(Mistakes<Needy>()).Message);
    }

    [Fact, Trait("Category", "Unit")]
    public void WhatTheConstructorRefusesIsLocatedAtTheOption()
    {
        Diagnostic mistake = Assert.Single(Mistakes<Picky>(Option("count", Scalar("0"))));

        Assert.StartsWith("option 'count': ", mistake.Message, StringComparison.Ordinal);
        Assert.Equal(1, mistake.Location!.Line);
    }

    [Fact, Trait("Category", "Unit")]
    public void AnOptionsTypeThatCannotBeWrittenIsNamed() => Assert.Contains(
        "has the option 'when' of the type System.DateTime",
        Assert.Single(Mistakes<Unbindable>(Option("when", Scalar("1")))).Message, StringComparison.Ordinal);

    private T Bind<T>(params ReadOnlySpan<PluginOption> options)
        where T : class
    {
        var parameter = new LayerParameter { Name = "x", Type = "Test", PluginParam = new PluginParameter() };
        parameter.PluginParam.Option.AddRange(options.ToArray());
        sources.Record(parameter, At(99));
        sources.Record(parameter.PluginParam, At(50));
        return PluginOptions.Bind<T>(new LayerContext { Parameter = parameter, Pool = pool, Sources = sources });
    }

    private IReadOnlyList<Diagnostic> Mistakes<T>(params PluginOption[] options)
        where T : class => Assert.Throws<CnnException>(() => Bind<T>(options)).Diagnostics;

    // Locations are assigned in the order in which the parts are made: a value before its option.
    private PluginOption Option(string name, params ReadOnlySpan<PluginValue> values)
    {
        var option = new PluginOption { Name = name };
        option.Value.AddRange(values.ToArray());
        sources.Record(option, At(++line));
        return option;
    }

    private PluginValue Scalar(string text) => Placed(new PluginValue { Scalar = text });

    private PluginValue Text(string text) => Placed(new PluginValue { Text = text });

    private PluginValue Block(params ReadOnlySpan<PluginOption> options)
    {
        var block = new PluginParameter();
        block.Option.AddRange(options.ToArray());
        return Placed(new PluginValue { Block = block });
    }

    private PluginValue Placed(PluginValue value)
    {
        sources.Record(value, At(++line));
        return value;
    }

    private static SourceLocation At(int line) => new("net.prototxt", line, 3);
}
