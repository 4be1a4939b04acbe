using System.CommandLine;
using Cnn.Proto.Schemas;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn schema</c>: prints JSON Schemas, by which editors know what YAML files may hold.</summary>
internal static class SchemaCommand
{
    /// <summary>Creates the command and its subcommands.</summary>
    public static Command Create(CommandConsole console) =>
        new("schema", "Prints JSON Schemas, by which editors complete, explain and check YAML.")
        {
            Of(console, "net", "nets", YamlSchema.NetFile, YamlSchema.OfNet),
            Of(console, "solver", "solvers", YamlSchema.SolverFile, YamlSchema.OfSolver),
        };

    private static CommandWithExamples Of(
        CommandConsole console, string name, string what, string file, Func<TypeNames, string> schema)
    {
        Option<string[]> plugin = OptionValues.Plugin();
        var command = new CommandWithExamples(
            name,
            $"Prints the JSON Schema of {what} in YAML. Files whose first line is "
            + $"'# yaml-language-server: $schema={file}' are checked by it, if it is beside them.",
            $"cnn schema {name} > {file}",
            $"cnn schema {name} --plugin My.dll > {file}")
        {
            plugin,
        };
        command.SetAction(parsed =>
        {
            var types = PluginChoice.Of(parsed, plugin);
            console.Out.Write(schema(new TypeNames(types.Layers.Types, types.Fillers.Names, types.Solvers.Types)));
            return ExitCode.Done;
        });
        return command;
    }
}
