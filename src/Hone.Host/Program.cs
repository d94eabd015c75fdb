return Hone.Host.HoneApp.Run(args);
