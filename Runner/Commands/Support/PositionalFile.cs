using System.CommandLine;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// A file that a command takes with or without its option's name: <c>cnn train --solver S</c>, <c>cnn train S</c>.
/// </summary>
internal sealed class PositionalFile
{
    private readonly Option<string> option;
    private readonly Argument<string?> argument;

    /// <summary>Creates the argument.</summary>
    /// <param name="option">The option, which need not be given any more.</param>
    /// <param name="name">The argument's name in the help.</param>
    public PositionalFile(Option<string> option, string name)
    {
        this.option = option;
        option.Required = false;
        argument = OptionValues.OfPath(new Argument<string?>(name)
        {
            Description = $"The same as {option.Name}.",
            Arity = ArgumentArity.ZeroOrOne,
        });
    }

    /// <summary>Adds the argument to a command that has the option.</summary>
    public void AddTo(CommandWithExamples command)
    {
        command.Arguments.Add(argument);
        command.Checks.Add(parsed => (parsed.GetValue(argument), parsed.GetValue(option)) switch
        {
            (null, null) => $"the {argument.Name} is missing; write 'cnn {command.Name} FILE' or {option.Name} FILE",
            ({ } alone, { } named) =>
                $"'{alone}' and {option.Name} '{named}' both name the {argument.Name}; give one of them",
            _ => null,
        });
    }

    /// <summary>Returns the file.</summary>
    public string Read(ParseResult parsed) => parsed.GetValue(argument) ?? parsed.GetRequiredValue(option);
}
