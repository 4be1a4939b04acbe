using Cnn.Campaigns.Crash.Commands;
using Cnn.Campaigns.Fuzz;
using Cnn.Campaigns.Mutation;
using Cnn.Campaigns.Running;

if (args is ["mutation-worker", .. var prefixes])
{
    TestWorker.Run(prefixes);
    return 0;
}

if (args is [DownloadWorker.Command, ..])
{
    return DownloadWorker.Run(args, Console.Error);
}

return FuzzProgram.Run(args, Console.Out) ?? CampaignProgram.Run(args, Console.Out, Console.Error);
